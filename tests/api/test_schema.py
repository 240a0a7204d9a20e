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
        assert described == {*view.filterset_class.base_filters, "cursor", "ordering", "page_size"}
        assert {"200", "400", "401"} <= set(schema["paths"][f"/api/v1/{name}/"]["get"]["responses"])
        assert "404" in schema["paths"][f"/api/v1/{name}/{{id}}/"]["get"]["responses"]
    assert set(schema["components"]["securitySchemes"]) == {"cookieAuth", "token", "tokenAsPassword"}


@pytest.mark.django_db
def test_a_stranger_sees_neither_schema_nor_docs(client):
    assert client.get("/api/v1/schema/").status_code == 401
    assert client.get("/api/v1/docs/").status_code == 401
