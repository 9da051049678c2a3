"""Start and stop runs."""
