"""Users' JavaScript, run by V8 in processes that may do nothing else."""
