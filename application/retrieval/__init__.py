"""Looking things up inside a run: several retrievers, one budget, one result, and a truthful record."""
