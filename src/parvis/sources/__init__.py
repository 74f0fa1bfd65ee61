"""Where posts come from: one folder per network."""
