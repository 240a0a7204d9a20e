"""The trade data for SDMX clients: one dataflow, `TOMSK:TRADE(1.0)`, under `/sdmx/`.

**One dataflow over all datasets, with SOURCE as the last dimension.** The same month of the same goods between the
same two territories is stated by several compilers (Tomsk's export and Belarus' import of it are the point of the
program), so the compiler is part of what an observation is about: as an attribute it would leave two observations
with one key. A dataflow for each dataset would spare one part of the key, but then mirror figures, the list of
what there is and every structure would have to be asked for once per dataset. Standing last, SOURCE costs a short
key nothing but a dot. UNIT_MEASURE is a dimension too: one class of goods may come in two supplementary units, which
do not add up. Concept ids are those of the IMTS structure of the UN where it has them.

    FREQ                M, Q, S (half-year), A
    REF_AREA            the reporter, `RU-TOM`
    TRADE_FLOW          X, M, RX, RM, as the reporter sees it
    COMMODITY_1         TOTAL, section, product group of the default grouping, 2 to 10 digits, hidden goods
    COUNTERPART_AREA_1  the partner; `W` all partners
    TRANSFORMATION      N for the period itself; YTD for January to the month that TIME_PERIOD names
    MEASURE             VALUE, NET_WEIGHT, QUANTITY
    UNIT_MEASURE        USD, KG, or the OKEI code of the supplementary unit (`_U` where none is named)
    SOURCE              the dataset, `FCS`
    TIME_PERIOD         2024-05, 2024-Q1, 2024-S1, 2024

Which observations there are, by the same rules as the cube's (`trade.cube`): periods as published; quarters,
half-years and years as the sum of their months where all are loaded (instead of a published one). A wildcard for
goods gives the total, sections, groups, chapters and the codes of the lines as published; a code that is named is
the sum of its lines, so that headings of a 10-digit file can be asked for. Lines of all partners together (`W`) are
added up where `W` is named. What a source does not state is no observation, and a loaded month without an
observation is a month without trade.

Two dialects share the address: REST 1.5 with SDMX-ML 2.1 (`sdmx1`) and REST 2.x with SDMX-JSON 2.0 structures and
SDMX-CSV 2.0 data (`pysdmx`). Structures are written here and not by pysdmx, which knows one language of names.
"""
