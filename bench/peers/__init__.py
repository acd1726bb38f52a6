"""The same registry behind three doors: MODO's own screens, stock Flask-Admin, Django admin (`bench/registries.py` runs them)."""
