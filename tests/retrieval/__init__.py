"""How well searches rank, on a small collection with judgements."""
