"""How cards are set on a wall: one folder per layout."""
