"""What this process can remember by itself."""
