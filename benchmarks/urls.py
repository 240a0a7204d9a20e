"""The program's addresses and a floor page to compare them with."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from parties.permissions import public

BODY = b"<!doctype html><title>floor</title>" + b"<p>constant</p>" * 900


@public
def floor(request: HttpRequest) -> HttpResponse:
    """Twelve trivial queries and a constant body under the program's own middleware."""
    with connection.cursor() as cursor:
        for __ in range(12):
            cursor.execute("SELECT 1")
    return HttpResponse(BODY)


urlpatterns = [path("floor/", floor), path("", include("cooperation.urls"))]
