"""Texts as vectors: computed here, or asked for over HTTP."""
