"""The load generator, the reference in C, and the peers; each runs as a process of its own."""
