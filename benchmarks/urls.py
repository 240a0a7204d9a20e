"""The program's addresses and a floor page to compare them with."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from benchmarks.reference import RowViewSet
from dashboards.views import overview
from parties.permissions import public, signed_in
from trade.views.explorer import explore

BODY = b"<!doctype html><title>floor</title>" + b"<p>constant</p>" * 900


@public
def floor(request: HttpRequest) -> HttpResponse:
    """Twelve trivial queries and a constant body under the program's own middleware."""
    with connection.cursor() as cursor:
        for __ in range(12):
            cursor.execute("SELECT 1")
    return HttpResponse(BODY)


@signed_in
def cold(request: HttpRequest, number: int) -> HttpResponse:
    """The overview at an address that nobody asked for before: built anew."""
    return overview(request)


@signed_in
def cold_trade(request: HttpRequest, number: int) -> HttpResponse:
    """The trade explorer at an address that nobody asked for before: built anew."""
    return explore(request)


urlpatterns = [
    path("floor/", floor),
    path("cold/<int:number>/", cold),
    path("cold-trade/<int:number>/", cold_trade),
    path("reference/", RowViewSet.as_view({"get": "list"})),
    path("", include("cooperation.urls")),
]
