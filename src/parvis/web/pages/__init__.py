"""The pages that people and screens open, drawn by the server."""
