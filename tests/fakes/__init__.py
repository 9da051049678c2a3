"""Small real things in place of the outside world; the contract tests hold them to the same promises."""
