"""Calls to places outside REX: where they may go, and what is said when they fail."""
