"""Personal access tokens: for programs that act in somebody's name, with less than all of their rights."""
