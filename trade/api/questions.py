"""What the resources that answer a selection share: its parameters, the form of the answer, and the refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from parties.models import Partnership
from trade.api.formats import Negotiated, TooLarge, chosen_format, excel_wanted, table_of
from trade.api.meta import about
from trade.catalogue import catalogue
from trade.cube import TooManyCells, UnitsDiffer
from trade.exports.columns import Sheet
from trade.selection import PARAMETERS, Defaults, Selection, SelectionErrors

TABLES = ("json", "csv", "ndjson", "xlsx", "parquet")
"""Forms of an answer with parts: JSON has them in full, the others as one table."""


class CubeView(Negotiated):
    """Base of the resources that answer a selection."""

    own: ClassVar[tuple[str, ...]] = ()
    formats: ClassVar[tuple[str, ...]] = ("json",)

    def allowed_parameters(self) -> Iterable[str]:
        self.kind = chosen_format(self.request, self.formats)
        forms = ("format", "excel") if len(self.formats) > 1 else ()
        return (*PARAMETERS, *self.own, *forms)

    def selection(self, *also: str) -> Selection:
        """Return what the parameters ask for; raise 400 for all that is wrong. `also` are read elsewhere."""
        own = (*self.own, *also, "format", "excel")
        try:
            return Selection.parse(self.request.query_params, defaults=_defaults(self.request), also=own)
        except SelectionErrors as error:
            details = {
                name: [ErrorDetail(message, code="invalid") for message in messages]
                for name, messages in error.errors.items()
            }
            raise ValidationError(details) from error

    def own_choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return the value of a parameter of this resource."""
        value = self.request.query_params.get(name, default)
        if value not in allowed:
            message = _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
                "value": value[:80],
                "names": ", ".join(allowed),
            }
            raise ValidationError({name: [ErrorDetail(message, code="invalid_choice")]})
        return value

    def tabled(
        self,
        request: Request,
        what: str,
        answer: Callable[[], dict[str, Any]],
        table: Callable[[dict[str, Any]], Sheet],
    ) -> HttpResponseBase:
        """Answer with parts as JSON, or with the same as a table in the form asked for."""
        excel = excel_wanted(request, self.kind)

        def build() -> HttpResponseBase:
            body = answer()
            if self.kind == "json":
                return Response(body)
            meta = body["meta"]
            known = catalogue().datasets[meta["dataset"]["code"]]
            more = {_("unit"): meta["unit"] or "–", _("parameters"): urlencode(meta["selection"], safe=",:")}
            sheet = table(body).with_about(about([known], request.build_absolute_uri(), more))
            name = f"trade-{what}-{known.code}-v{max(meta['releases'], default=0)}"
            return table_of(request, sheet, name, self.kind, excel=excel)

        return self.answered(request, build)

    def answered(self, request: Request, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Answer, or say why the data cannot be added up so."""
        try:
            return self.unless_known(request, answer)
        except UnitsDiffer as error:
            raise ValidationError({"measure": [ErrorDetail(str(error), code="units_differ")]}) from error
        except TooManyCells as error:
            raise TooLarge(str(error)) from error


def _defaults(request: Request) -> Defaults:
    """Return the territories of the first partnership; those that are named in full need none."""
    partnership = Partnership.objects.select_related("home", "partner").order_by("pk").first()
    if partnership:
        return Defaults.of(partnership)
    given = request.query_params
    missing = [name for name in ("reporter", "partner") if name not in given]
    if missing:
        message = _("No partnership is set up: name the territory.")
        raise ValidationError({name: [ErrorDetail(message, code="required")] for name in missing})
    return Defaults(given["reporter"], given["partner"].partition(",")[0])


def wrong(name: str, message: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(message, code="invalid")]})
