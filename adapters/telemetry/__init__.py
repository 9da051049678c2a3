"""Logs and numbers for operators."""
