"""Rows in PostgreSQL: units of work, the run journal, reads shaped for the wire, and the schema they stand on."""
