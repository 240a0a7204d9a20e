"""Names of the codes that pages of trade show, in the reader's language; kept for each data version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from parties.naming import interface_language
from parties.queries import data_version
from trade.goods import HIDDEN_CHAPTER
from trade.models import HIDDEN, TOTAL, WORLD, Commodity, Dataset, GroupedChapter, Grouping, Release, TradeArea, Unit

A_DAY = 24 * 3600
_NAMED = {Commodity.Classification.TOTAL: 0, Commodity.Classification.SECTION: 1, Commodity.Classification.GROUP: 2}


@dataclass(frozen=True)
class Names:
    """Names in one language. A code without a name is its own name.

    nameless       the groups that hold hidden goods: they stand for what nobody can place
    has_releases   whether anything was ever loaded
    """

    areas: dict[str, str]
    kinds: dict[str, str]
    goods: dict[str, str]
    datasets: dict[str, str]
    groupings: dict[str, str]
    units: dict[str, str]
    nameless: list[str]
    has_releases: bool

    @classmethod
    def current(cls) -> Names:
        """Return the names as the reader wants them (from the cache, else 7 queries)."""
        language = interface_language()
        key = f"trade-names:{settings.RELEASE}:{data_version()}:{language}"
        kept = cache.get(key)
        if not kept:
            areas = list(TradeArea.objects.all())
            hidden = GroupedChapter.objects.filter(chapter=HIDDEN_CHAPTER)
            goods = sorted(
                Commodity.objects.all(), key=lambda row: _NAMED.get(Commodity.Classification(row.classification), 3)
            )
            kept = {
                "areas": {str(area.code): str(area.name) for area in areas},
                "kinds": {str(area.code): area.kind for area in areas},
                "goods": {row.commodity_code: str(row.name) for row in goods},
                "datasets": {str(one.code): str(one) for one in Dataset.objects.order_by("is_example", "pk")},
                "has_releases": Release.objects.exists(),
                "nameless": list(hidden.values_list("group__commodity_code", flat=True)),
                "groupings": {str(one.code): str(one) for one in Grouping.objects.all()},
                "units": {str(one.code): str(one) for one in Unit.objects.all()},
            }
            cache.set(key, kept, A_DAY)
        return cls(**kept)

    def area(self, code: str) -> str:
        """Return the name of a reporter or partner; several codes give several names."""
        if code in ("", WORLD):
            return _("all partners")
        return ", ".join(self.areas.get(one) or one for one in code.split(","))

    def good(self, code: str) -> str:
        """Return the name of goods without their code; empty where only the code is known."""
        if code == TOTAL:
            return _("all goods")
        if code in (HIDDEN, HIDDEN_CHAPTER):
            return _("hidden goods")
        if code.endswith(HIDDEN):
            return _("hidden goods of chapter %(chapter)s") % {"chapter": code[:2]}
        return self.goods.get(code, "")

    def is_hidden(self, code: str) -> bool:
        """Tell whether a code stands for goods that nobody can place."""
        return code == HIDDEN_CHAPTER or code.endswith(HIDDEN) or code in self.nameless

    def goods_in_words(self, codes: Sequence[str]) -> str:
        """Return what a restriction to goods means: names where known, with the codes of the classification."""
        return "; ".join(self.labelled(code) for code in codes) if codes else self.good(TOTAL)

    def labelled(self, code: str) -> str:
        """Return code and name for codes of the classification, the name alone for groups and hidden goods."""
        name = self.good(code)
        if not name:
            return code
        return f"{code} {name}" if code.isdigit() else name

    @cached_property
    def countries(self) -> list[tuple[str, str]]:
        """Countries and groups of countries as (code, name), by name."""
        wanted = (TradeArea.Kind.COUNTRY, TradeArea.Kind.GROUP)
        return sorted(
            ((code, name) for code, name in self.areas.items() if self.kinds[code] in wanted), key=lambda row: row[1]
        )
