"""The assistant in the editor."""
