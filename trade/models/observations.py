"""Observations and what is added up from them. Bulk tables: written by `trade.releases` only, by COPY and SQL.

Every row is known from one release (`opened`) to another (`closed`, null while it stands): it is visible as
of vintage *n* of its dataset where `opened <= n` and not `closed <= n`. Nothing is overwritten. Codes are
text, so that a row says what it is without a join; foreign keys are left out because they would be checked
for each of millions of rows – `trade.releases` checks codes before, `manage.py check_trade` afterwards.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

KEY = ("dataset_id", "period", "partner", "flow", "commodity", "unit", "months", "reporter")
"""What an observation is about, in the order of the index, of lists and of cursors."""


class Figures(models.Model):
    """What observations and their sums have in common.

    period, months   first day of the first month, and how many months: 1 month, 3 quarter, 6 half-year, 12 year;
                     any other count from January on is "January to …" as published
    flow             X export, M import, RX re-export, RM re-import, as the reporter sees it
    value            US dollars; null where not stated, which is not 0
    net_kg           net weight in kilograms; null where not stated
    """

    dataset_id = models.SmallIntegerField(_("dataset"))
    period = models.DateField(_("first day of the period"))
    months = models.SmallIntegerField(_("months"))
    reporter = models.TextField(_("reporter"))
    partner = models.TextField(_("partner"))
    flow = models.TextField(_("flow"))
    value = models.DecimalField(_("value, US dollars"), max_digits=20, decimal_places=2, null=True)
    net_kg = models.DecimalField(_("net weight, kg"), max_digits=20, decimal_places=3, null=True)
    opened = models.IntegerField(_("release that brought it"))
    closed = models.IntegerField(_("release that replaced it"), null=True)

    class Meta:
        abstract = True
        managed = False


class Observation(Figures):
    """One line of a file: what a reporter traded with a partner in one class of goods in one period.

    commodity   TN VED / HS code of 2 to 10 digits, `TOTAL`, `_CONF` (hidden) or `27_CONF` (hidden in a chapter)
    level       digits of the lines of its file (0 for TOTAL); hidden goods have the level of their file
    unit        OKEI code of the supplementary unit, empty where there is none
    quantity    in `unit`; null where not stated
    edition     symbol of the edition of the classification (`H6`)
    status      SDMX observation status: A normal, E estimated, P provisional, M missing, Q suppressed
    line        line of the release's file

    Partitioned by dataset and year of `period`.
    """

    pk = models.CompositePrimaryKey(*KEY, "opened")
    commodity = models.TextField(_("goods"))
    level = models.SmallIntegerField(_("level"))
    unit = models.TextField(_("unit"), blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=3, null=True)
    edition = models.TextField(_("edition"))
    status = models.TextField(_("status"))
    line = models.IntegerField(_("line of the file"))

    class Meta(Figures.Meta):
        db_table = "trade_observation"


class PartnerTotal(Figures):
    """All goods of one partner, flow and period; partner `W` is all partners.

    value    the total that the file states (a TOTAL line, or a line of partner W), else the sum of the lines
    lines_value   the sum of the lines at the coarsest level that the file holds: below `value`, where lines are
             hidden or estimated
    hidden_value   the part of `lines_value` whose goods are hidden
    lines    number of lines added up
    """

    pk = models.CompositePrimaryKey("dataset_id", "reporter", "partner", "flow", "period", "months", "opened")
    lines_value = models.DecimalField(_("sum of the lines"), max_digits=20, decimal_places=2, null=True)
    hidden_value = models.DecimalField(_("hidden goods"), max_digits=20, decimal_places=2, null=True)
    lines = models.IntegerField(_("lines"))

    class Meta(Figures.Meta):
        db_table = "trade_partner_total"


class ChapterTotal(Figures):
    """One chapter of one partner, flow and period; `_C` is hidden goods of unknown chapter; partner `W` is all."""

    pk = models.CompositePrimaryKey(
        "dataset_id", "reporter", "partner", "chapter", "flow", "period", "months", "opened"
    )
    chapter = models.TextField(_("chapter"))
    lines = models.IntegerField(_("lines"))

    class Meta(Figures.Meta):
        db_table = "trade_chapter_total"
