"""Sign up, sign in, and who is it."""
