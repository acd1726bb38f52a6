"""MODO's inside: config, extensions, cli; crud (generated screens) over reporting (the rules) over models."""
