"""The nomenclature that the program ships, editions loaded from files, and the accepted spellings of codes."""
