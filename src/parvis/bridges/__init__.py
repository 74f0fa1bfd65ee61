"""Where parvis speaks to others: one folder per bridge."""
