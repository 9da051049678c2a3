"""What has to be looked after from time to time."""
