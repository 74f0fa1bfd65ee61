"""What is shown: one folder per format, its server, wall and phone halves together."""
