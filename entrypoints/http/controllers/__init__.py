"""One file per capability: no rule, no try, no SQL."""
