"""What an address asks of search, the same for page and API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboards.search.kinds import KINDS
from parties.filtering import YearField

LONGEST_QUESTION = 200


@dataclass(frozen=True)
class Question:
    """Words, and what to keep of what they find. `page` counts pages of one kind, from 1."""

    words: str
    kind: str = ""
    year: int | None = None
    is_example: bool | None = None
    page: int = 1

    @property
    def query(self) -> str:
        """The parameters of an address that ask this question, on its first page."""
        return self._query()

    def but(self, **changed: Any) -> str:
        """Return the address of this question with some parts changed; the page begins anew."""
        return f"?{self._query(**changed)}"

    def _query(self, **changed: Any) -> str:
        given = {"q": self.words, "kind": self.kind, "year": self.year, "is_example": _yes_no(self.is_example)}
        return urlencode({name: value for name, value in {**given, **changed}.items() if value not in (None, "")})


def _yes_no(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


class QuestionForm(forms.Form):
    """Reads a question from an address."""

    q = forms.CharField(label=_("Words"), max_length=LONGEST_QUESTION, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("everything")), *((kind.code, kind.label) for kind in KINDS.values())],
        required=False,
    )
    year = YearField(label=_("Year"), required=False)
    is_example = forms.TypedChoiceField(
        label=_("Examples"),
        choices=[("", _("with examples")), ("false", _("without examples")), ("true", _("examples only"))],
        coerce=lambda text: text == "true",
        empty_value=None,
        required=False,
    )
    page = forms.IntegerField(min_value=1, max_value=1000, required=False)

    def question(self) -> Question:
        """Return what is asked; the form must be valid."""
        given = self.cleaned_data
        return Question(given["q"], given["kind"], given["year"], given["is_example"], given["page"] or 1)


def asked(address: QueryDict) -> QuestionForm:
    """Return the question of a page's address, read and valid; raise `BadRequest` naming what it asks wrongly."""
    form = QuestionForm(address)
    unknown = sorted(set(address) - set(form.fields))
    if unknown:
        raise BadRequest(
            gettext("Unknown in the address: %(unknown)s. Known: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(form.fields))}
        )
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadRequest(f"{name}: {errors[0]}")
    return form
