"""Keep corpora and documents, and make documents searchable."""
