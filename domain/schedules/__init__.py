"""What fires when, and what becomes of it."""
