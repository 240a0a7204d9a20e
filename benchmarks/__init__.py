"""Measurements of the running program: `make bench`. Nothing here is a test; figures go into RESULTS.md."""
