"""The API's description of itself."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from cooperation.api import RESOURCES


def test_the_schema_is_valid_and_raises_no_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.django_db
def test_the_schema_describes_every_resource_and_parameter(analyst):
    schema = analyst.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    for name, view in RESOURCES.items():
        described = {one["name"] for one in schema["paths"][f"/api/v1/{name}/"]["get"]["parameters"]}
        assert described == {*view.filterset_class.base_filters, "cursor", "ordering", "page_size", "format"}
        assert {"200", "400", "401"} <= set(schema["paths"][f"/api/v1/{name}/"]["get"]["responses"])
        assert "404" in schema["paths"][f"/api/v1/{name}/{{id}}/"]["get"]["responses"]
    assert set(schema["components"]["securitySchemes"]) == {"cookieAuth", "token", "tokenAsPassword"}


@pytest.mark.django_db
def test_a_stranger_sees_neither_schema_nor_docs(client):
    assert client.get("/api/v1/schema/").status_code == 401
    assert client.get("/api/v1/docs/").status_code == 401


@pytest.mark.django_db
def test_the_docs_hold_nothing_inline_so_that_the_policy_for_content_stays_strict(analyst, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    page = analyst.get("/api/v1/docs/", headers={"Accept": "text/html"})
    html = page.content.decode()
    script = analyst.get("/api/v1/docs/?script=", headers={"Accept": "*/*"})

    assert page.status_code == script.status_code == 200
    assert "<style" not in html
    assert " style=" not in html
    assert all(' src="/' in tag for tag in html.split("<script")[1:])
    assert script["Content-Type"].startswith("application/javascript")
    assert "unsafe" not in page["Content-Security-Policy"]
