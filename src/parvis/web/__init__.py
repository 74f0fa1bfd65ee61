"""The rooms that speak HTTP: live, pages, media, doors."""
