"""What runs in the darkroom's own processes: nothing here is imported by the rest of parvis."""
