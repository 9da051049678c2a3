"""Time and ids from this machine."""
