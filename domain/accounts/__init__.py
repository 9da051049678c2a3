"""Who is there: users, their addresses and what a strong enough password is."""
