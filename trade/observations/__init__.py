"""Lines of trade: what is asked of them by an address, and the SQL that reads them, page by page or all at once.

    dataset        code; needed where versions are asked for, because each dataset counts its own
    reporter, partner   codes, comma separated
    flow           X export, M import, RX re-export, RM re-import, comma separated
    goods          the beginning of a code (`84`, `847130`), `TOTAL` or `_CONF`, comma separated
    level          of the file that the line comes from: total, chapter, 4, 6, 8, 10 (digits)
    frequency      M months, Q quarters, S half-years, A years
    from, to       2024, 2024-S1, 2024-Q1 or 2024-05: periods that lie wholly between
    unit           OKEI code of the supplementary unit
    release        number of the release that brought the line
    status         SDMX observation status
    is_example     true, false
    as_of          a day (its end) or a time: lines as they were known then
    updated_after  a day (its beginning) or a time: what has come, changed or gone since then, with `action`
    history        1: all versions, each with `valid_from` and `valid_to`
    include        names: a column with the name beside each code

Every page is one query, ordered by the key of observations; the place in the list is the key of the last line.
"""

from trade.observations.asked import Asked
from trade.observations.parameters import FILTERS, read
from trade.observations.places import ORDER, Place, Unreadable

__all__ = ["FILTERS", "ORDER", "Asked", "Place", "Unreadable", "read"]
