"""What the analysts' page tells of the data: fields, formats, resources, code lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Term:
    """A name that stands in files or addresses, and what it means; `address` leads to it."""

    name: str
    meaning: str
    kind: str = ""
    address: str = ""


def fields() -> Sequence[Term]:
    """Return the columns of a file of observations, in their order; a test compares them with the files."""
    text, whole, decimal, yes_no = _("text"), _("whole number"), _("decimal number"), _("true or false")
    return (
        Term("dataset", _("Code of the dataset. Figures of different datasets are never added."), text),
        Term("period", _("Month, quarter, half-year or year: 2024-05, 2024-Q2, 2024-S1, 2024."), text),
        Term("months", _("How many months the period has."), whole),
        Term("reporter", _("Who reports the trade: ISO 3166 code, RU-TOM for Tomsk Oblast."), text),
        Term("partner", _("Partner country by ISO 3166; W all partners, NNN unknown, _H hidden."), text),
        Term("flow", _("X export, M import, RX re-export, RM re-import, as the reporter sees it."), text),
        Term("goods", _("Code of HS / TN VED with its leading zeros; TOTAL all goods, _CONF hidden goods."), text),
        Term("level", _("Number of digits of the lines of the file. Add lines of one level only."), text),
        Term("edition", _("Edition of the classification: H4 is of 2012, H5 of 2017, H6 of 2022."), text),
        Term("value_usd", _("Value in US dollars; empty where not stated, which is not zero."), decimal),
        Term("net_kg", _("Net weight in kilograms; empty where not stated."), decimal),
        Term("quantity", _("Quantity in the supplementary unit; add quantities of one unit only."), decimal),
        Term("unit", _("OKEI code of the supplementary unit: 796 pieces; empty where there is none."), text),
        Term("valuation", _("How the value is counted: FOB without, CIF with freight and insurance."), text),
        Term("status", _("A normal, E estimated, P provisional, M missing, Q suppressed."), text),
        Term("release", _("Number of the release that brought the line: its vintage."), whole),
        Term("line", _("Line of the release's file."), whole),
        Term("is_example", _("True for made-up lines that are no facts."), yes_no),
    )


def formats() -> Sequence[Term]:
    """Return the forms in which the resources answer, by the parameter `format`."""
    return (
        Term(
            "format=json",
            _("Pages of JSON with the metadata of the datasets; decimals are text, so that none is rounded."),
        ),
        Term("format=csv", _("Tidy CSV: UTF-8, comma, decimal point. With excel=1: BOM, semicolon, decimal comma.")),
        Term("format=xlsx", _("Excel with a sheet of metadata; codes stay text.")),
        Term("format=parquet", _("Parquet with types, for pandas, R, DuckDB.")),
        Term("format=ndjson", _("One JSON object in each line.")),
        Term("format=jsonstat", _("JSON-stat 2.0 for series of up to 100,000 cells; files have no such limit.")),
    )


def resources() -> Sequence[Term]:
    """Return the resources of trade with their addresses."""
    root = "/api/v1/trade/"
    return (
        Term(
            "observations", _("The lines as loaded, with release and line of the file."), address=f"{root}observations/"
        ),
        Term(
            "series",
            _("Sums by period, partner, flow and goods, as the explorer shows them."),
            address=f"{root}series/",
        ),
        Term(
            "indicators",
            _("Growth, shares, concentration, rates over years, targets – with numerator and denominator."),
            address=f"{root}indicators/",
        ),
        Term("lines", _("The lines behind one sum, which add up to it."), address=f"{root}lines/"),
        Term("structure", _("Shares of goods or partners with what is hidden."), address=f"{root}structure/"),
        Term("ranks", _("Places of partners through the years."), address=f"{root}ranks/"),
        Term("mirror", _("Both sides' figures with the gap."), address=f"{root}mirror/"),
        Term(
            "published-figures",
            _("Figures as published, with precision and source."),
            address=f"{root}published-figures/",
        ),
        Term("targets", _("Aims, and how far the data are on the way to them."), address=f"{root}targets/"),
        Term("releases", _("What was loaded when, and what it changed."), address=f"{root}releases/"),
    )


def code_lists() -> Sequence[Term]:
    """Return the code lists with their addresses."""
    return (Term("codelists", _("What every code means, in both languages."), address="/api/v1/trade/codelists/"),)
