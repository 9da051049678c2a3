"""The doorbell, on taskiq."""
