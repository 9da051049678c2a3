"""Language models behind HTTP, and one that needs none."""
