"""Example data: made-up customs lines, labelled as such and removable."""
