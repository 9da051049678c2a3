"""Who calls REX: HTTP, the worker, the command line. Each translates, calls one use case, and translates back."""
