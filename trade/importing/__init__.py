"""Reading files of trade statistics: hostile and ordinary bytes in, checked lines for COPY out. Knows no database.

table = open_table(path, file_name, options)      # what it is; raises Refused
reading = read(table, codes, options)             # the mapping has to be in the options where the table needs one
for chunk in reading: …                           # COPY text, columns of COPY_COLUMNS; may raise Refused at the end
reading.problems, reading.counts, reading.months …
"""

from trade.importing.mapping import Mapping, UnusableMapping, signature, suggest_mapping
from trade.importing.options import Codes, Options
from trade.importing.problems import Findings, Problem, Refused, problem, refuse
from trade.importing.reading import COPY_COLUMNS, Reading, read
from trade.importing.tables import Table, open_table

__all__ = [
    "COPY_COLUMNS",
    "Codes",
    "Findings",
    "Mapping",
    "Options",
    "Problem",
    "Reading",
    "Refused",
    "Table",
    "UnusableMapping",
    "open_table",
    "problem",
    "read",
    "refuse",
    "signature",
    "suggest_mapping",
]
