"""Files that people bring: which formats REX reads, and what it says about those it cannot."""
