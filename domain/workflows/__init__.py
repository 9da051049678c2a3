"""What people draw: workflows, and the graphs in them."""
