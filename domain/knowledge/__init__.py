"""What people know: texts, how they are cut, and what is found in them."""
