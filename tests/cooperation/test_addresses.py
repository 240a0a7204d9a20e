"""Every address declares who may use it, and answers strangers and wrong methods as it should."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from parties.permissions import Allowed

# Addresses of libraries, with the reason why they need no declaration of ours.
DECLARED_ELSEWHERE = {
    "admin": "the admin asks for staff itself",
    "account_": "signing in and out, one's own password",
    "set_language": "keeps a cookie",
}
SAMPLES = {"pk": "1", "plan_pk": "1", "year": "2024", "number": "1", "code": "S0", "kind": "agreement"}


def walk(resolver: URLResolver, prefix: str = "", namespace: str = ""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, route, pattern.namespace or namespace)
        else:
            yield route, pattern, namespace


def ours() -> list[tuple[str, URLPattern]]:
    found = []
    for route, pattern, namespace in walk(get_resolver()):
        name = pattern.name or ""
        if namespace == "admin" or any(name.startswith(known) for known in DECLARED_ELSEWHERE):
            continue
        found.append((route, pattern))
    return found


def is_api(route: str) -> bool:
    return route.startswith(("api/", "sdmx/"))


PAGES = [(route, pattern) for route, pattern in ours() if not is_api(route)]
API = [(route, pattern) for route, pattern in ours() if is_api(route)]


@pytest.mark.parametrize(("route", "pattern"), PAGES, ids=[route for route, __ in PAGES])
def test_every_page_declares_who_may_use_it(route, pattern):
    assert getattr(pattern.callback, "access", None), f"{route}: decorate its view with @allowed(…) or @public"


@pytest.mark.parametrize(("route", "pattern"), API, ids=[route for route, __ in API])
def test_every_api_address_asks_for_permission(route, pattern):
    view = pattern.callback.cls

    assert view.permission_classes, route
    assert all(issubclass(permission, Allowed) for permission in view.permission_classes), route


def address(route: str) -> str | None:
    """Return the address of a route with sample values, None for one with a value we do not sample."""
    path = "/" + route.replace("^", "").replace("$", "").replace("\\Z", "")
    while "<" in path:
        head, __, rest = path.partition("<")
        what, __, tail = rest.partition(">")
        kind, __, name = what.rpartition(":")
        if kind == "uuid":
            value = "00000000-0000-4000-8000-000000000000"
        elif name in SAMPLES:
            value = SAMPLES[name]
        else:
            return None
        path = head + value + tail
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [address(route) for route, pattern in PAGES if pattern.callback.access != "public"],
)
def test_a_stranger_is_sent_to_sign_in(client, path):
    answer = client.get(path)

    if answer.status_code == 405:
        answer = client.post(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.django_db
@pytest.mark.parametrize("path", [address(route) for route, __ in PAGES])
def test_a_wrong_method_is_refused(cast, client_for, path):
    answer = client_for(cast.administrator).delete(path)

    assert answer.status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("tail", ["%00", "%ff", "0" * 400, "9" * 30, "%F0%9F%98%80", "%ED%A0%80"])
@pytest.mark.parametrize(
    "path",
    [
        "/agreements/",
        "/meetings/",
        "/projects/",
        "/trade/figures/",
        "/trade/datasets/",
        "/trade/releases/",
        "/reports/",
        "/documents/",
        "/organisations/",
    ],
)
def test_an_unknown_id_is_not_found(cast, client_for, path, tail):
    answer = client_for(cast.official).get(f"{path}{tail}/")

    assert answer.status_code == 404
