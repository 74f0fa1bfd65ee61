"""What `parvis bench` measures, and the peers it measures beside."""
