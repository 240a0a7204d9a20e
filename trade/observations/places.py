"""Places in a list of lines: the key of the last line seen, so that every page costs the same."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from parties.periods import Period
from trade.catalogue import Known

if TYPE_CHECKING:
    from trade.observations.asked import Asked

ORDER = ("dataset_id", "period", "partner", "flow", "commodity", "unit", "months", "reporter")


class Unreadable(Exception):
    """What is wrong with the parameters: `{parameter: message}`, in the language of the reader."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Place:
    """The place in a list after one line."""

    values: tuple[Any, ...]

    @classmethod
    def read(cls, cursor: str, asked: Asked) -> Place:
        """Return the place in the list asked for; raise `Unreadable` for anything else."""
        return cls.of_key(cursor, asked.order)

    @classmethod
    def of_key(cls, cursor: str, names: tuple[str, ...] = ORDER) -> Place:
        """Return the place among rows ordered by these columns."""
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if isinstance(values, list) and len(values) == len(names):
                return cls(tuple(_PLACE[name](value) for name, value in zip(names, values, strict=True)))
        except (binascii.Error, ValueError, TypeError, RecursionError):
            pass
        raise Unreadable({"cursor": _("Take the cursor from “next” of the same list.")})

    @classmethod
    def after(cls, line: Mapping[str, Any], asked: Asked) -> Place:
        """Return the place after a line as the API shows it."""
        columns = {
            **line,
            "dataset_id": next(one.pk for one in asked.datasets if one.code == line["dataset"]),
            "period": Period.parse(line["period"]).starts,
            "commodity": line["goods"],
            "opened": line["release"],
        }
        return cls(tuple(columns[name] for name in asked.order))

    def text(self) -> str:
        values = [value.isoformat() if isinstance(value, dt.date) else value for value in self.values]
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")

    def condition(self, asked: Asked, dataset: Known) -> tuple[str, list[Any]]:
        """Return the condition of lines of a dataset after this place. The first column also chooses partitions."""
        number, *own = self.values
        if dataset.pk != number:
            return ("" if dataset.pk > number else " AND false"), []
        places = ", ".join(["%s"] * len(own))
        return f" AND period >= %s AND ({', '.join(asked.order[1:])}) > ({places})", [own[0], *own]


def _small(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**15:
        raise ValueError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def _code(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w.:+-]{0,80}", value, re.ASCII):
        raise ValueError(value)
    return value


_PLACE: dict[str, Callable[[Any], Any]] = {
    "dataset_id": _small,
    "period": dt.date.fromisoformat,
    "partner": _code,
    "flow": _code,
    "commodity": _code,
    "unit": _code,
    "months": _small,
    "reporter": _code,
    "opened": _whole,
}
