"""The road of a post: collect, keep, moderate, clear, publish, withdraw."""
