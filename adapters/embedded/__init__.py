"""A private Postgres for one machine: start, keep alive, stop, recover."""
