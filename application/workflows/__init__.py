"""Draw, change and remove workflows."""
