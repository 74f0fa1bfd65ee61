"""What judges a post: one folder per check."""
