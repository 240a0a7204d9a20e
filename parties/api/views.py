"""What all API resources do alike: refuse unknown parameters, answer 304, describe themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from rest_framework import mixins
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from parties.api.lists import KeysetPages, StrictFilters, refuse_unknown
from parties.api.schema import Schema
from parties.api.tables import FORMAT, as_csv, columns_of, wants_csv
from parties.filtering import named
from parties.models import User
from parties.permissions import Allowed
from parties.queries import data_version

CHUNK = 1000
"""Rows that a file holds in memory as objects at a time."""
SAFE = {"GET", "HEAD", "OPTIONS"}


class BoundedJSON(JSONParser):
    """JSON; nested without end it is an error of the sender."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error


class Resource(APIView):
    """Base of all addresses of the API."""

    permission_classes: Any = [Allowed]
    parser_classes = [BoundedJSON]
    schema = Schema()
    # False where answers depend on more than the data version.
    keeps_etag: ClassVar[bool] = True

    def allowed_parameters(self) -> Iterable[str]:
        return ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in SAFE:
            refuse_unknown(request.query_params, self.allowed_parameters())

    def unless_known(self, request: Request, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Answer, or say 304 to a reader who has this answer already; known before any query of the answer."""
        if not self.keeps_etag:
            return answer()
        etag = _etag(request)
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            response: HttpResponseBase = HttpResponseNotModified()
        else:
            response = answer()
        response.headers["ETag"] = etag
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Authorization", "Cookie"])  # the cookie also carries the language
        return response


def _etag(request: Request) -> str:
    user = cast(User, request.user)
    parts = (
        settings.RELEASE, data_version(), timezone.localdate(), get_language(), user.pk, user.is_superuser,
        *sorted(user.roles), request.build_absolute_uri(), request.headers.get("Accept", ""),
    )  # fmt: skip
    return f'W/"{hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


class ReadOnly(Resource, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):  # type: ignore[type-arg]
    """A resource of records: filtered lists, and single records by id or code."""

    pagination_class: Any = KeysetPages
    filter_backends: Any = [StrictFilters]
    filterset_class: ClassVar[Any] = None
    detail_filterset_class: ClassVar[Any] = None
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ("id",), "updated_at": ("updated_at", "id")}
    lookup_value_regex = "[^/]+"
    day: Any = None

    def allowed_parameters(self) -> Iterable[str]:
        if getattr(self, "action", None) == "list":
            filters = self.filterset_class.base_filters if self.filterset_class else ()
            return [*filters, *(KeysetPages.parameters if self.pagination_class else ()), FORMAT]
        return list(self.detail_filterset_class.base_filters) if self.detail_filterset_class else ()

    def get_object(self) -> Any:
        """Return the record with the id or code; 404 for anything else."""
        records = self.filter_queryset(self.get_queryset())
        found = get_object_or_404(named(records, str(self.kwargs["pk"])))
        self.check_object_permissions(self.request, found)
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "day": self.day or timezone.localdate()}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if wants_csv(request.query_params):
            return self.unless_known(request, lambda: self._as_csv(request))
        return self.unless_known(request, lambda: super(ReadOnly, self).list(request, *args, **kwargs))

    def _as_csv(self, request: Request) -> HttpResponse:
        """Answer with the records of all pages, each read from the database in turn."""
        rows = KeysetPages().ordered(self.filter_queryset(self.get_queryset()), request, self)
        serializer = self.get_serializer()
        columns = columns_of(serializer)
        for left_out in set(serializer.fields) - {column.path[0] for column in columns}:
            del serializer.fields[left_out]
        found = (serializer.to_representation(row) for row in rows.iterator(chunk_size=CHUNK))
        response = HttpResponse(as_csv(columns, found), content_type="text/csv; charset=utf-8")
        name = f"{str(self.basename).removeprefix('api-')}-{timezone.localdate():%Y-%m-%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return self.unless_known(request, lambda: super(ReadOnly, self).retrieve(request, *args, **kwargs))


class UnknownAddress(Resource):
    """Answers for all addresses that the API does not have; a forgotten slash at the end is forgiven."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        APIView.initial(self, request, *args, **kwargs)

    def get(self, request: Request, **kwargs: Any) -> Any:
        if not request.path.endswith("/"):
            try:
                found = resolve(f"{request.path}/")
            except Resolver404 as error:
                raise NotFound from error
            if getattr(found.func, "cls", None) is not None and not issubclass(found.func.cls, UnknownAddress):
                return HttpResponsePermanentRedirect(request._request.get_full_path(force_append_slash=True))
        raise NotFound

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        raise NotFound
