"""Asking language models in somebody's name."""
