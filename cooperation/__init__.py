"""The project: settings, addresses, the API root, the embedded services and the shipped facts."""
