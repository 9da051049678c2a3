"""Workflows from templates: shown, made, and kept up with newer versions."""
