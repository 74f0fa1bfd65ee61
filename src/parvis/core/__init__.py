"""The nouns of parvis and the protocols between its rooms; pure, no I/O."""
