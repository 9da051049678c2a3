"""Read files that people bring."""
