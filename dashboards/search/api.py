"""Search for programs: the same questions and answers as on the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from dashboards.search.finding import ON_A_PAGE, Found, Group, Hit, search
from dashboards.search.kinds import KINDS, belongs_to
from dashboards.search.questions import QuestionForm
from parties.api import InBothLanguages, Resource, absolute, address_of, described


class HitSerializer(serializers.Serializer[Any]):
    """A found record."""

    kind = serializers.CharField(help_text="The group of results: agreements, measures, people, …")
    type = serializers.CharField(help_text="Name of the model, such as `measure`.")
    id = serializers.IntegerField()
    url = serializers.CharField(allow_null=True, help_text="Address in this API; of a part, that of its whole.")
    page = serializers.CharField(allow_null=True, help_text="Address of the page that shows it.")
    title = InBothLanguages()
    snippet = serializers.CharField(help_text="HTML: the text that fits best, with the found words in `mark`.")
    period = serializers.CharField(allow_null=True, help_text="Its day or period, such as 2024-S1.")
    part_of = serializers.CharField(allow_null=True, help_text="What it belongs to, in the reader's language.")
    is_example = serializers.BooleanField()


class KindSerializer(serializers.Serializer[Any]):
    """How many records of a kind were found."""

    kind = serializers.CharField()
    name = InBothLanguages()
    count = serializers.IntegerField()
    count_is_exact = serializers.BooleanField(help_text="False: there are more than `count`.")


class WordSerializer(serializers.Serializer[Any]):
    """How a word was read."""

    written = serializers.CharField()
    read_as = serializers.CharField(allow_null=True, help_text="The known word it was taken for; null: as written.")
    is_known = serializers.BooleanField(help_text="False where nothing like it stands in any text.")


class AnswerSerializer(serializers.Serializer[Any]):
    """What was found."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField(help_text="All that fit: of the kind where one is asked for, else of all kinds.")
    count_is_exact = serializers.BooleanField(help_text="False: there are more than `count`.")
    results = HitSerializer(many=True, help_text="Without `kind` the best five of each kind.")
    kinds = KindSerializer(many=True)
    words = WordSerializer(many=True)
    all_words = serializers.BooleanField(help_text="False: nothing has all words; shown is what has some of them.")


_PARAMETERS = [
    OpenApiParameter("q", str, required=True, description="Words, in Russian or English, in any form."),
    OpenApiParameter("kind", str, enum=list(KINDS), description="Results of this kind only, in pages."),
    OpenApiParameter("year", int, description="Results whose day or period lies in the year."),
    OpenApiParameter("is_example", str, enum=["true", "false"], description="Examples only, or without them."),
    OpenApiParameter("page", int, description="Page of the results of one kind, from 1."),
]


class SearchView(Resource):
    """Search over everything: word forms, both languages, misspelt words; grouped by kind, best first."""

    def allowed_parameters(self) -> Iterable[str]:
        return tuple(QuestionForm.base_fields)

    @described(operation_id="search", parameters=_PARAMETERS, responses=AnswerSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        form = QuestionForm(request.query_params)
        form.fields["q"].required = True
        if not form.is_valid():
            raise ValidationError(
                {
                    name: [ErrorDetail(" ".join(error.messages), code=error.code or "invalid") for error in errors]
                    for name, errors in form.errors.as_data().items()
                }
            )
        question = form.question()
        if question.page > 1 and not question.kind:
            message = _("Pages are those of one kind: name the kind, too.")
            raise ValidationError({"page": [ErrorDetail(message, code="invalid")]})
        return self.unless_known(request, lambda: Response(_answer(request, search(question))))


def _answer(request: Request, found: Found) -> dict[str, Any]:
    question, here = found.question, request.build_absolute_uri()
    chosen = [group for group in found.groups if question.kind in ("", group.code)]
    total = sum(group.total for group in chosen)
    further = bool(question.kind) and total > question.page * ON_A_PAGE
    return {
        "next": replace_query_param(here, "page", str(question.page + 1)) if further else None,
        "previous": replace_query_param(here, "page", str(question.page - 1)) if question.page > 1 else None,
        "count": total,
        "count_is_exact": not any(group.is_more for group in chosen),
        "results": [_hit(request, group, hit) for group in chosen for hit in group.hits],
        "kinds": [
            {
                "kind": group.code,
                "name": _both(group.label),
                "count": group.total,
                "count_is_exact": not group.is_more,
            }
            for group in found.groups
        ],
        "words": [
            {"written": term.written, "read_as": term.read_as or None, "is_known": bool(term.stems)}
            for term in found.terms
        ],
        "all_words": found.all_words,
    }


def _hit(request: Request, group: Group, hit: Hit) -> dict[str, Any]:
    return {
        "kind": group.code,
        "type": hit.row._meta.model_name,
        "id": hit.row.pk,
        "url": _url(request, hit.row),
        "page": absolute(hit.page, {"request": request}) if hit.page else None,
        "title": _both(hit.row),
        "snippet": hit.snippet if "<mark>" in hit.snippet else hit.marked,
        "period": str(hit.period) if hit.period else None,
        "part_of": hit.part_of or None,
        "is_example": hit.row.is_example,
    }


def _url(request: Request, row: models.Model) -> str | None:
    rows = [row, belongs_to(row)]
    addresses = (address_of(one._meta.label_lower, one.pk, request) for one in rows if one is not None)
    return next((address for address in addresses if address), None)


def _both(text: Any) -> dict[str, str]:
    with override("ru"):
        ru = str(text)
    with override("en"):
        return {"ru": ru, "en": str(text)}
