"""Let workflows run by themselves."""
