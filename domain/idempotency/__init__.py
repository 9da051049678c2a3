"""Requests that may be sent twice and count once."""
