"""Language models: who offers them, and how they say no."""
