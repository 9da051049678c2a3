"""Personal access tokens: make, list and revoke them."""
