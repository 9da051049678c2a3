"""What JSON looks like outside, for everybody who translates it: HTTP and the command line."""
