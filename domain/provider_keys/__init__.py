"""Keys to model providers, which people leave with us."""
