"""The reader's own saved views for programs: what the page lists, saves and removes."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError as InvalidValue
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from parties.api.records import absolute
from parties.api.schema import described
from parties.api.views import SAFE, Resource, refuse_unknown
from parties.api.writing import printable, readable
from parties.forms import SavedViewForm
from parties.models import SavedView, User
from parties.operations import ViewRefused, save_view


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """A page with its filters under a name of the reader's own."""

    url = serializers.SerializerMethodField(help_text="Address of the view in this API.")
    page = serializers.SerializerMethodField(help_text="The whole address of the page.")

    class Meta:
        model = SavedView
        fields = ["id", "url", "page", "name", "address", "created_at"]
        read_only_fields = ["created_at"]
        extra_kwargs = {"address": {"help_text": "Path and filters of a page, such as /agreements/?level=region."}}

    def get_url(self, view: SavedView) -> str:
        return reverse("api-saved-view", args=[view.pk], request=self.context["request"])

    def get_page(self, view: SavedView) -> str:
        return absolute(view.address, self.context)


class SavedViewsSerializer(serializers.Serializer[Any]):
    """All saved views of the reader, by name; they always fit one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField()
    results = SavedViewSerializer(many=True)


class _Own(Resource):
    """Views are no domain data: they count no data version, so an answer is never taken for unchanged by it."""

    keeps_etag = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE:
            refuse_unknown(request.query_params, ())

    def shown(self, rows: Any, **kwargs: Any) -> Any:
        return SavedViewSerializer(rows, context={"request": self.request}, **kwargs).data


class SavedViewsView(_Own):
    """The saved views of the user whose token it is."""

    @described(operation_id="saved_views_list", responses=SavedViewsSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        rows = self.shown(cast(User, request.user).saved_views.all(), many=True)
        return Response({"next": None, "previous": None, "count": len(rows), "results": rows})

    @described(operation_id="saved_views_create", request=SavedViewSerializer, responses={201: SavedViewSerializer})
    def post(self, request: Request) -> HttpResponseBase:
        """Save a view. Saved once more, it stays as it is."""
        if not isinstance(request.data, dict):
            raise ValidationError({"non_field_errors": [ErrorDetail(_("Write a JSON object."), code="invalid")]})
        fields, typed, refused = SavedViewForm().fields, {}, {}
        for name, value in request.data.items():
            if name not in fields:
                text = _("There is no such field. Allowed: %(names)s.") % {"names": ", ".join(fields)}
                refused[printable(name)] = [ErrorDetail(text, code="unknown")]
                continue
            try:
                typed[name] = readable(fields[name], value)
            except InvalidValue as error:
                refused[name] = [ErrorDetail(error.messages[0], code="invalid")]
        form = SavedViewForm(typed)
        errors = {
            name: [ErrorDetail(text, code=one.code or "invalid") for one in found for text in one.messages]
            for name, found in form.errors.as_data().items()
        }
        if errors | refused:
            raise ValidationError(errors | refused)
        try:
            view = save_view(by=cast(User, request.user), **form.cleaned_data)
        except ViewRefused as refusal:
            raise ValidationError({"name": [ErrorDetail(str(refusal), code="refused")]}) from refusal
        body = self.shown(view)
        return Response(body, 201, headers={"Location": body["url"]})


class SavedViewView(_Own):
    """One saved view of the user whose token it is."""

    @described(operation_id="saved_views_retrieve", responses=SavedViewSerializer)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        return Response(self.shown(self._own(request, pk)))

    @described(operation_id="saved_views_destroy", responses={204: OpenApiResponse(description="It is removed.")})
    def delete(self, request: Request, pk: int) -> HttpResponseBase:
        """Remove a view."""
        self._own(request, pk).delete()
        return Response(status=204)

    def _own(self, request: Request, pk: int) -> SavedView:
        return get_object_or_404(SavedView, pk=pk, user=request.user)
