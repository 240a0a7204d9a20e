"""Data messages, written while the rows come: SDMX-ML 2.1 structure-specific and generic, SDMX-CSV 1.0 and 2.0.

Each writer takes an iterator of data sets and yields text. No message is held in memory.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from xml.sax.saxutils import escape, quoteattr

from trade.models import Dataset
from trade.sdmx.concepts import (
    AGENCY,
    ATTRIBUTES,
    DIMENSION_IDS,
    FLOW,
    OBS_VALUE,
    STRUCTURE,
    STRUCTURE_URN,
    TIME_PERIOD,
    VERSION,
)
from trade.sdmx.questions import Question
from trade.sdmx.reading import DataSet, Row

_FREQUENCIES = {1: "M", 3: "Q", 6: "S", 12: "A"}
_MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
_COMMON = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
_GENERIC = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
_SPECIFIC = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
_OWN = f"{STRUCTURE_URN}:ObsLevelDim:"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_UNIT_MULT = "0"
_CSV_ROWS = 500
OF_OBSERVATION = tuple(one.id for one in ATTRIBUTES if not one.is_common)
ACTIONS = {"Information": "I", "Replace": "R", "Delete": "D"}


@dataclass(frozen=True)
class Series:
    """One series: the codes of its dimensions in the order of the key, and what its observations share."""

    key: tuple[str, ...]
    valuation: str
    source: str


class Labels:
    """How rows become codes: names of datasets and their valuation."""

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = {row.pk: row for row in datasets}

    def series(self, row: Row) -> Series:
        """Return the series that a row belongs to."""
        dataset_id, reporter, flow, goods, partner, measure, unit, months = row[:8]
        dataset = self.datasets[dataset_id]
        valuation = dataset.export_valuation if flow in ("X", "RX") else dataset.import_valuation
        frequency, transformation = (_FREQUENCIES[months], "N") if months in _FREQUENCIES else ("M", "YTD")
        source = str(dataset.code)
        key = (frequency, reporter, flow, goods, partner, transformation, measure, unit, source)
        return Series(key, str(valuation), source)


@cache
def period_text(months: int, first: dt.date) -> str:
    """Return TIME_PERIOD: `2024-05`, `2024-Q1`, `2024-S1`, `2024`; for "January to July" the month it ends in."""
    if months == 12:
        return f"{first.year:04}"
    if months == 6:
        return f"{first.year:04}-S{(first.month + 5) // 6}"
    if months == 3:
        return f"{first.year:04}-Q{(first.month + 2) // 3}"
    return f"{first.year:04}-{first.month + months - 1:02}"


def grouped(rows: Iterable[Row], labels: Labels) -> Iterator[tuple[Series, Row]]:
    """Yield each row with its series; rows of one series carry the same object."""
    known: tuple[object, ...] = ()
    series = None
    for row in rows:
        months = row[7]
        identity = (*row[:7], months if months in _FREQUENCIES else 0)
        if series is None or identity != known:
            known, series = identity, labels.series(row)
        yield series, row


@dataclass(frozen=True)
class Message:
    """What a data message needs besides its rows."""

    question: Question
    labels: Labels
    prepared: dt.datetime

    @cached_property
    def attributes(self) -> frozenset[str]:
        return frozenset(self.question.attributes)

    def header(self, name: str, namespaces: Mapping[str, str], structure: str) -> str:
        """Return the beginning of an XML message up to its data sets."""
        spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())
        stamp = self.prepared.astimezone(dt.UTC)
        at = "AllDimensions" if self.question.is_flat else TIME_PERIOD.id
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{name} {spaces}>\n<mes:Header><mes:ID>{FLOW}_'
            f"{stamp:%Y%m%d%H%M%S%f}</mes:ID><mes:Test>false</mes:Test><mes:Prepared>{stamp:%Y-%m-%dT%H:%M:%SZ}"
            f'</mes:Prepared><mes:Sender id="{AGENCY}"/>'
            f'<mes:Structure structureID="{STRUCTURE}" {structure}dimensionAtObservation="{at}">'
            f'<com:StructureUsage><Ref agencyID="{AGENCY}" id="{FLOW}" version="{VERSION}" class="Dataflow"'
            ' package="datastructure"/></com:StructureUsage></mes:Structure></mes:Header>\n'
        )


def specific_xml(message: Message, sets: Iterable[DataSet]) -> Iterator[str]:
    """Yield an SDMX-ML 2.1 structure-specific message."""
    at = "AllDimensions" if message.question.is_flat else TIME_PERIOD.id
    own = f"{_OWN}{at}"
    spaces = {"mes": _MESSAGE, "com": _COMMON, "ss": _SPECIFIC, "xsi": _XSI, "ns1": own}
    yield message.header("StructureSpecificData", spaces, f'namespace="{own}" ')
    attributes = message.attributes
    for one in sets:
        unit = f' UNIT_MULT="{_UNIT_MULT}"' if "UNIT_MULT" in attributes and one.action != "Delete" else ""
        since = f' ss:validFromDate="{one.since.isoformat()}"' if one.since else ""
        yield (
            f'<mes:DataSet ss:dataScope="DataStructure" xsi:type="ns1:DataSetType" ss:structureRef="{STRUCTURE}"'
            f' ss:action="{one.action}"{since}{unit}>\n'
        )
        current, text, is_deleted = None, "", one.action == "Delete"
        for series, row in grouped(one.rows, message.labels):
            if series is not current:
                if current is not None and not message.question.is_flat:
                    yield "</Series>\n"
                parts = [f" {name}={quoteattr(code)}" for name, code in zip(DIMENSION_IDS, series.key, strict=True)]
                text, current = "".join(parts), series
                if not message.question.is_flat:
                    yield f"<Series{text}>\n"
            if not message.question.has_observations:
                continue
            head = f"<Obs{text}" if message.question.is_flat else "<Obs"
            tail = "" if is_deleted else _specific_values(row, series, attributes)
            yield f'{head} TIME_PERIOD="{period_text(row[7], row[8])}"{tail}/>\n'
        if current is not None and not message.question.is_flat:
            yield "</Series>\n"
        yield "</mes:DataSet>\n"
    yield "</mes:StructureSpecificData>\n"


def _specific_values(row: Row, series: Series, attributes: frozenset[str]) -> str:
    text = f' OBS_VALUE="{row[9]}"'
    if "VALUATION" in attributes:
        text += f' VALUATION="{series.valuation}"'
    if "OBS_STATUS" in attributes:
        text += f' OBS_STATUS="{row[10]}"'
    if "RELEASE" in attributes:
        text += f" RELEASE={quoteattr(f'{series.source}/{row[11]}')}"
    return text


def generic_xml(message: Message, sets: Iterable[DataSet]) -> Iterator[str]:
    """Yield an SDMX-ML 2.1 generic message."""
    yield message.header("GenericData", {"mes": _MESSAGE, "com": _COMMON, "gen": _GENERIC}, "")
    attributes, is_flat = message.attributes, message.question.is_flat
    for one in sets:
        is_deleted = one.action == "Delete"
        since = f' validFromDate="{one.since.isoformat()}"' if one.since else ""
        yield f'<mes:DataSet structureRef="{STRUCTURE}" action="{one.action}"{since}>\n'
        if "UNIT_MULT" in attributes and not is_deleted:
            yield _values("Attributes", [("UNIT_MULT", _UNIT_MULT)])
        current = None
        for series, row in grouped(one.rows, message.labels):
            if series is not current and not is_flat:
                if current is not None:
                    yield "</gen:Series>\n"
                yield "<gen:Series>" + _values("SeriesKey", zip(DIMENSION_IDS, series.key, strict=True))
            current = series
            if not message.question.has_observations:
                continue
            period = period_text(row[7], row[8])
            yield "<gen:Obs>"
            if is_flat:
                yield _values("ObsKey", [*zip(DIMENSION_IDS, series.key, strict=True), (TIME_PERIOD.id, period)])
            else:
                yield f'<gen:ObsDimension value="{period}"/>'
            if not is_deleted:
                own = [(name, _attribute(name, series, row)) for name in OF_OBSERVATION if name in attributes]
                yield f'<gen:ObsValue value="{row[9]}"/>{_values("Attributes", own)}'
            yield "</gen:Obs>\n"
        if current is not None and not is_flat:
            yield "</gen:Series>\n"
        yield "</mes:DataSet>\n"
    yield "</mes:GenericData>\n"


def _values(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    inner = "".join(f'<gen:Value id="{key}" value={quoteattr(value)}/>' for key, value in pairs)
    return f"<gen:{name}>{inner}</gen:{name}>" if inner else ""


def csv_1(message: Message, sets: Iterable[DataSet]) -> Iterator[str]:
    """Yield an SDMX-CSV 1.0 message."""
    flow = f"{AGENCY}:{FLOW}({VERSION})"
    return _csv(message, sets, ("DATAFLOW",), lambda action: (flow,))


def csv_2(message: Message, sets: Iterable[DataSet]) -> Iterator[str]:
    """Yield an SDMX-CSV 2.0 message."""
    flow = f"{AGENCY}:{FLOW}({VERSION})"
    head = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
    return _csv(message, sets, head, lambda action: ("dataflow", flow, ACTIONS[action]))


def _csv(
    message: Message, sets: Iterable[DataSet], head: tuple[str, ...], begin: Callable[[str], tuple[str, ...]]
) -> Iterator[str]:
    question, attributes = message.question, message.question.attributes
    has_values = question.has_observations
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = [*head, *DIMENSION_IDS, *((TIME_PERIOD.id, OBS_VALUE.id) if has_values else ()), *attributes]
    writer.writerow(names)
    number = 0
    for one in sets:
        first, is_deleted = begin(one.action), one.action == "Delete"
        for series, row in grouped(one.rows, message.labels):
            cells = [*first, *series.key]
            if has_values:
                cells += [period_text(row[7], row[8]), "" if is_deleted else row[9]]
            for name in attributes:
                cells.append("" if is_deleted else _attribute(name, series, row))
            writer.writerow(cells)
            number += 1
            if number % _CSV_ROWS == 0:
                yield text.getvalue()
                text.seek(0)
                text.truncate()
    yield text.getvalue()


def _attribute(name: str, series: Series, row: Row) -> str:
    if name == "UNIT_MULT":
        return _UNIT_MULT
    if name == "VALUATION":
        return series.valuation
    if name == "OBS_STATUS":
        return row[10]
    return f"{series.source}/{row[11]}" if row[11] else ""


def error_xml(code: int, text: str, language: str) -> str:
    """Return the error message of SDMX-ML 2.1."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Error xmlns:mes="{_MESSAGE}" xmlns:com="{_COMMON}">'
        f'<mes:ErrorMessage code="{code}"><com:Text xml:lang="{language}">{escape(text)}</com:Text>'
        "</mes:ErrorMessage></mes:Error>\n"
    )
