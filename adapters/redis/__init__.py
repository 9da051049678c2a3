"""What several processes share without asking the database."""
