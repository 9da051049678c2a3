"""The node types: one file each, and the catalogue that names them."""
