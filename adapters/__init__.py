"""How: one folder per technology. Folders do not import each other."""
