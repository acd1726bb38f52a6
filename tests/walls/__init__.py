"""What must be true of all files, routes, words and commands at once."""
