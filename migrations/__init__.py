"""The schema's history: numbered, one change each, reversible."""
