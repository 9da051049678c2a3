"""REX on the command line: the same use cases, in this process."""
