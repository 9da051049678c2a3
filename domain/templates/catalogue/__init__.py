"""The published templates, one file each."""
