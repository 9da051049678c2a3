"""What happened: runs, their state machine, and everything that is recorded about them."""
