"""The layouts of files: which are known by their header, and how their rows become rows of roles."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trade.importing.formats.layouts import ROLES, Layout, Unfit

__all__ = ["NAMES", "ROLES", "Layout", "Unfit"]

NAMES: dict[str, Promise | str] = {
    "fcs-a": _("export from the site of the Federal Customs Service"),
    "fcs-c": _("table of the Federal Customs Service with regions"),
    "fcs-d": _("monthly table of the Federal Customs Service without regions"),
    "fcs-dbf": _("table of the Federal Customs Service in DBF"),
    "comtrade-csv": _("UN Comtrade, CSV"),
    "comtrade-json": _("UN Comtrade, JSON"),
    "xlsx": _("spreadsheet"),
    "csv": _("text table"),
    "dbf": _("DBF table"),
}
"""What a reader calls the kinds of files that a `Table` can be."""
