"""The formats that are spoken, and which of them an `Accept` header means. Clients choose their reader by the type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from trade.sdmx.errors import NotAcceptable
from trade.sdmx.messages import Message, csv_1, csv_2, generic_xml, specific_xml
from trade.sdmx.reading import DataSet

Writer = Callable[[Message, Iterable[DataSet]], Iterator[str]]


@dataclass(frozen=True)
class Format:
    """A media type with its version; `also` are broader types that mean it."""

    media_type: str
    version: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.media_type};version={self.version}"

    def is_meant(self, media_type: str, version: str) -> bool:
        """Tell whether a client that asks for this type gets it by this format; versions `2.0` and `2.0.0` are one."""
        if media_type == self.media_type:
            return not version or _short(version) == _short(self.version)
        return media_type in self.also or media_type == "*/*"


def _short(version: str) -> str:
    return version.removesuffix(".0") if version.count(".") == 2 else version


SPECIFIC = Format(
    "application/vnd.sdmx.structurespecificdata+xml", "2.1", ("application/xml", "text/xml", "application/*")
)
GENERIC = Format("application/vnd.sdmx.genericdata+xml", "2.1")
CSV_1 = Format("application/vnd.sdmx.data+csv", "1.0.0", ("text/csv", "text/*"))
CSV_2 = Format("application/vnd.sdmx.data+csv", "2.0.0", ("text/csv", "text/*"))
STRUCTURE_XML = Format("application/vnd.sdmx.structure+xml", "2.1", ("application/xml", "text/xml", "application/*"))
STRUCTURE_JSON = Format("application/vnd.sdmx.structure+json", "2.0.0", ("application/json", "application/*"))

WRITERS: dict[Format, Writer] = {SPECIFIC: specific_xml, GENERIC: generic_xml, CSV_1: csv_1, CSV_2: csv_2}
DATA_1 = (SPECIFIC, GENERIC, CSV_1, CSV_2)
"""Formats of data in REST 1.5; the first is that of `*/*`."""
DATA_2 = (CSV_2, SPECIFIC, GENERIC, CSV_1)
STRUCTURE_1 = (STRUCTURE_XML, STRUCTURE_JSON)
STRUCTURE_2 = (STRUCTURE_JSON, STRUCTURE_XML)


def accepted(header: str, offers: Sequence[Format]) -> Format:
    """Return the format that the header likes best; raise `NotAcceptable` where none is spoken."""
    wanted = []
    for number, part in enumerate(header.split(",")):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        values = dict(parameter.partition("=")[::2] for parameter in parameters)
        quality = _quality(values.get("q", "1"))
        if media_type and quality > 0 and values.get("labels", "id") == "id":
            wanted.append((-quality, number, media_type, values.get("version", "")))
    for __, __, media_type, version in sorted(wanted) or [(0.0, 0, "*/*", "")]:
        for offer in offers:
            if offer.is_meant(media_type, version):
                return offer
    raise NotAcceptable(_("Formats spoken here: %(names)s.") % {"names": ", ".join(map(str, offers))})


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0
