"""Let other systems start runs."""
