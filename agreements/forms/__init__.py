"""Forms about agreements, plans and measures, for pages and the API."""
