"""Live: each wall's snapshot and then its events, to every screen that follows it."""
