"""The default engine: a data folder, nothing else to run."""
