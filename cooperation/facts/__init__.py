"""The facts that the program ships, as files, and their way into the database.

`data/` holds one YAML file per noun, in Russian and English, each row keyed by a stable code.
`reading` turns the files into rows and names every mistake in them, `loading` writes what is
missing or has changed, `comparing` tells how the database differs from the files.

Three rules keep a second load harmless:

- Only rows that differ are written; a load of unchanged files writes nothing.
- A shipped row that someone has changed since it was loaded is kept and named in the report;
  `load_facts --restore` puts the content of the files back.
- Nothing is deleted. A row that has gone from the files stays, and is reported, because
  other rows and approved reports may rest on it. A row deleted by hand comes back.
"""
