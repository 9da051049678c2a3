"""What is true in REX. Standard library only: no I/O, no async, no "now"."""
