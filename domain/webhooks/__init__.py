"""Runs that other systems start."""
