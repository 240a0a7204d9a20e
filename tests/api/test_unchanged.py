"""What changes nothing, by the API or by a page, leaves every version as it is and no trace in the history."""

from __future__ import annotations

import pytest
from django.apps import apps

from cooperation.api import RESOURCES
from parties.records import Record
from tests.api.conftest import ROWS
from tests.sending import shown_form

pytestmark = pytest.mark.django_db

CHANGEABLE = sorted(name for name, viewset in RESOURCES.items() if getattr(viewset, "edit_form", None))


def versions_and_events():
    rows = {
        (model._meta.label, pk): version
        for model in apps.get_models()
        if issubclass(model, Record)
        for pk, version in model._base_manager.values_list("pk", "version")
    }
    events = {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model")
    }
    return rows, events


@pytest.mark.parametrize("resource", CHANGEABLE)
def test_a_patch_without_a_change_keeps_versions_and_writes_no_history(cast, api_for, resource):
    client = api_for(cast.administrator)
    row = ROWS[resource]()
    before = versions_and_events()

    answer = client.patch(f"/api/v1/{resource}/{row.pk}/", {}, format="json", HTTP_IF_MATCH=f'"{row.version}"')

    assert answer.status_code == 200, answer.json()
    assert versions_and_events() == before


@pytest.mark.parametrize(
    ("resource", "address"),
    [
        ("agreements", "/agreements/{}/edit/"),
        ("agreement-parties", "/agreements/parties/{}/edit/"),
        ("agreement-acts", "/agreements/acts/{}/edit/"),
        ("articles", "/agreements/articles/{}/edit/"),
        ("amendments", "/agreements/amendments/{}/edit/"),
        ("plans", "/plans/{}/edit/"),
        ("measures", "/measures/{}/text/"),
        ("measures", "/measures/{}/executors/"),
        ("measures", "/measures/{}/edit-measure/"),
        ("measure-indicators", "/indicators/{}/"),
        ("indicator-values", "/indicators/years/{}/"),
        ("projects", "/projects/{}/edit/"),
        ("participants", "/projects/participants/{}/edit/"),
        ("milestones", "/projects/milestones/{}/edit/"),
        ("budget-lines", "/projects/budget/{}/edit/"),
        ("deliveries", "/deliveries/{}/edit/"),
        ("meetings", "/meetings/{}/edit/"),
    ],
)
def test_a_form_sent_back_as_it_was_shown_keeps_versions_and_writes_no_history(cast, client_for, resource, address):
    client = client_for(cast.administrator)
    address = address.format(ROWS[resource]().pk)
    before = versions_and_events()

    answer = client.post(address, {**shown_form(client, address), "save": "1"})

    assert answer.status_code == 302, answer.content.decode()
    assert versions_and_events() == before
