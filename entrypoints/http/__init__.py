"""The HTTP API: translates requests into one use case each, and answers and refusals back into JSON."""
