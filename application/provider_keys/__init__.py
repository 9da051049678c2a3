"""Leave keys to model providers with us, and take them back."""
