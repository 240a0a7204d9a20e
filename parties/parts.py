"""Pages of what belongs to a record: parties of an agreement, milestones of a project. Entered, changed, removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from parties.entering import enter, entry_form
from parties.permissions import Predicate, allowed
from parties.writing import EntryForm


@dataclass(frozen=True)
class PartKind:
    """A kind of part: its form, another one (`edit_form`) where a kept part is changed by that, titles of the pages."""

    model: type[models.Model]
    form: type[EntryForm]
    new_title: str | Promise
    title: str | Promise
    remove_title: str | Promise
    edit_form: type[EntryForm] | None = None


@dataclass(frozen=True)
class Parts:
    """The parts of one kind of record, by their word in addresses.

    whole         the kind of record; `field` of a part leads to it
    app           name and first word of the addresses
    removal       gives the form that takes a part of a kind away
    remove_label  what the link to that says
    """

    whole: type[models.Model]
    field: str
    app: str
    kinds: Mapping[str, PartKind]
    template: str
    removal: Callable[[type[Any]], type[EntryForm]]
    remove_label: str | Promise

    def addresses(self, predicate: Predicate) -> list[URLPattern]:
        """Return the addresses `new_<word>` (of a whole), `edit_<word>` and `remove_<word>` (of a part)."""
        new, change, remove = (
            require_http_methods(["GET", "HEAD", "POST"])(allowed(predicate)(page))
            for page in (self._new_page, self._edit_page, self._remove_page)
        )
        return [
            one
            for word in self.kinds
            for one in (
                path(f"{self.app}/<int:pk>/{word}/new/", new, {"word": word}, name=f"new_{word}"),
                path(f"{self.app}/{word}/<int:pk>/edit/", change, {"word": word}, name=f"edit_{word}"),
                path(f"{self.app}/{word}/<int:pk>/remove/", remove, {"word": word}, name=f"remove_{word}"),
            )
        ]

    def _new_page(self, request: HttpRequest, pk: int, *, word: str) -> HttpResponse:
        kind, whole = self.kinds[word], get_object_or_404(self.whole, pk=pk)
        form = entry_form(request, kind.form, kind.model(**{self.field: whole}))
        return enter(request, self.template, form, title=str(kind.new_title), belongs_to=whole)

    def _edit_page(self, request: HttpRequest, pk: int, *, word: str) -> HttpResponse:
        kind, part, whole = self._kept(word, pk)
        form = entry_form(request, kind.edit_form or kind.form, part)
        return enter(
            request,
            self.template,
            form,
            title=str(kind.title),
            belongs_to=whole,
            remove_url=reverse(f"{self.app}:remove_{word}", args=[pk]),
            remove_label=self.remove_label,
        )

    def _remove_page(self, request: HttpRequest, pk: int, *, word: str) -> HttpResponse:
        kind, part, whole = self._kept(word, pk)
        form = entry_form(request, self.removal(kind.model), part)
        return enter(request, self.template, form, title=str(kind.remove_title), lead=str(part), belongs_to=whole)

    def _kept(self, word: str, pk: int) -> tuple[PartKind, models.Model, models.Model]:
        kind = self.kinds[word]
        part = get_object_or_404(kind.model._default_manager.select_related(self.field), pk=pk)
        return kind, part, getattr(part, self.field)
