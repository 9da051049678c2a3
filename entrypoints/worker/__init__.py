"""Works off what was accepted, and looks after what time does to it."""
