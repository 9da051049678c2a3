"""The outside world, one role per file. The docstring of a port is its contract; contract tests are its proof."""
