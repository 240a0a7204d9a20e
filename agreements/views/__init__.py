"""Pages about agreements, plans and measures."""
