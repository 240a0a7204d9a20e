"""Releases of datasets: staged, compared, published, undone, checked – and the sums that follow them.

The only writer of the bulk tables. The way of a file:

    vintage = reserve_vintage()                         # before the job begins, kept in its row
    staged = stage(dataset, chunks, vintage=vintage, findings=findings)
    comparison = compare(staged, findings)              # for the preview; writes nothing
    release = publish(staged, by=user, …)               # one transaction; or discard(vintage)
"""

from trade.releases.comparing import Comparison, Difference, compare
from trade.releases.publishing import NothingToPublish, publish
from trade.releases.staging import Staged, discard, stage, sweep
from trade.releases.undoing import AlreadyUndone, LaterReleaseExists, undo
from trade.releases.vintages import StalePreview, as_vintage, reserve_vintage

__all__ = [
    "AlreadyUndone",
    "Comparison",
    "Difference",
    "LaterReleaseExists",
    "NothingToPublish",
    "Staged",
    "StalePreview",
    "as_vintage",
    "compare",
    "discard",
    "publish",
    "reserve_vintage",
    "stage",
    "sweep",
    "undo",
]
