"""Pages of reports: the years, a report, its versions, and a computation under way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parties.models import User
from reports import operations
from reports.computation import compute, content_hash
from reports.models import Report, Run, Version
from tests.conftest import Cast
from tests.reports.conftest import World

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "nudge", lambda run_id: False)


def make_version(world: World, year: int = 2024) -> Version:
    report, __ = Report.objects.get_or_create(partnership=world.partnership, year=year)
    content = compute(world.partnership, year)
    return Version.objects.create(
        report=report,
        number=report.versions.count() + 1,
        content=content,
        content_hash=content_hash(content),
        data_version=1,
        snapshot_at=timezone.now(),
    )


@pytest.fixture
def version(full_world: World) -> Version:
    return make_version(full_world)


@pytest.fixture
def reader(cast: Cast, client_for: Browser) -> Client:
    return client_for(cast.official)


@pytest.fixture
def secretary(cast: Cast, client_for: Browser) -> Client:
    return client_for(cast.secretary)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def in_english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def test_list_shows_each_known_year_with_its_newest_version(reader: Client, version: Version) -> None:
    page = text_of(in_english(reader).get(reverse("reports:list")))
    for year in (2023, 2024, 2025):
        assert reverse("reports:year", args=[year]) in page
    assert version.content_hash[:12] in page
    assert "Compute again" not in page


def test_list_says_when_there_is_nothing_to_report_on(reader: Client, world: World) -> None:
    assert "no meeting is recorded" in text_of(in_english(reader).get(reverse("reports:list")))


def test_list_costs_the_same_for_any_number_of_years(reader: Client, full_world: World) -> None:
    make_version(full_world)
    url = reverse("reports:list")
    reader.get(url)
    with CaptureQueriesContext(connection) as few:
        reader.get(url)
    for year in range(2010, 2020):
        make_version(full_world, year)
    with CaptureQueriesContext(connection) as many:
        reader.get(url)
    assert len(many) == len(few)


def test_report_shows_its_headline_figures_sources_and_checksum(reader: Client, version: Version) -> None:
    page = text_of(in_english(reader).get(reverse("reports:year", args=[2024])))
    assert "2024: 1 meeting, 1 project, 2 agreements in force" in page
    assert "≈ 15.6 million US dollars" in page
    assert "open, 184 days late on 31 December" in page
    assert "No meeting of the workgroup is recorded in 2024." in page
    assert reverse("documents:source", args=["S2"]) in page
    assert version.content_hash in page


def test_report_is_shown_from_its_frozen_version_only(reader: Client, version: Version, full_world: World) -> None:
    full_world.meeting("Later", "2024-06-01")
    page = text_of(in_english(reader).get(reverse("reports:year", args=[2024])))
    assert "2024: 1 meeting" in page
    assert "Later" not in page


def test_each_version_has_a_page_of_its_own(reader: Client, version: Version, full_world: World) -> None:
    full_world.meeting("Later", "2024-06-01")
    second = make_version(full_world)
    assert "2 meetings" in text_of(in_english(reader).get(second.get_absolute_url()))
    first_page = text_of(reader.get(version.get_absolute_url()))
    assert "2024: 1 meeting" in first_page
    assert second.get_absolute_url() in first_page


def test_unchanged_report_is_answered_without_its_content(reader: Client, version: Version) -> None:
    url = version.get_absolute_url()
    reader.get(url)  # brings the cookie of the forms
    etag = reader.get(url)["ETag"]
    assert reader.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_year_without_a_report_offers_to_compute_it(secretary: Client, reader: Client, world: World) -> None:
    url = reverse("reports:year", args=[2001])
    assert reverse("reports:compute", args=[2001]) in text_of(secretary.get(url))
    assert reverse("reports:compute", args=[2001]) not in text_of(reader.get(url))


@pytest.mark.parametrize("address", ["/reports/1990/", "/reports/9999/", "/reports/2024/versions/9/", "/reports/0/"])
def test_what_does_not_exist_is_not_found(reader: Client, version: Version, address: str) -> None:
    assert reader.get(address).status_code == 404


def test_unknown_run_is_not_found(reader: Client, world: World) -> None:
    assert reader.get(reverse("reports:run", args=[uuid.uuid4()])).status_code == 404


def test_secretary_starts_a_computation_and_sees_it(secretary: Client, full_world: World) -> None:
    answer = in_english(secretary).post(reverse("reports:compute", args=[2024]))
    run = Run.objects.get()
    assert answer.url == reverse("reports:run", args=[run.pk])
    assert run.requested_by is not None
    assert run.requested_by.username == "secretary"
    assert "In the queue." in text_of(secretary.get(answer.url))
    secretary.post(reverse("reports:compute", args=[2024]))
    assert Run.objects.count() == 1


def test_reader_may_not_start_a_computation(reader: Client, full_world: World) -> None:
    assert reader.post(reverse("reports:compute", args=[2024])).status_code == 403
    assert Run.objects.count() == 0


def test_computation_is_never_started_by_a_get(secretary: Client, full_world: World) -> None:
    assert secretary.get(reverse("reports:compute", args=[2024])).status_code == 405


def test_a_year_out_of_range_is_refused_in_words(secretary: Client, full_world: World) -> None:
    answer = in_english(secretary).post(reverse("reports:compute", args=[1990]), follow=True)
    assert "1991" in text_of(answer)
    assert Run.objects.count() == 0


def test_stranger_is_sent_to_sign_in(client: Client, version: Version) -> None:
    for address in ("/reports/", "/reports/2024/", version.get_absolute_url()):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "queued"}, "In the queue."),
        (
            {"state": "running", "steps_done": 3, "lease_until": timezone.now(), "started_at": timezone.now()},
            "3 of 7 parts",
        ),
        ({"state": "failed", "error": "abc123"}, "Error number abc123"),
    ],
)
def test_run_page_tells_how_far_it_is(
    reader: Client, full_world: World, changes: dict[str, Any], expected: str
) -> None:
    report = Report.objects.create(partnership=full_world.partnership, year=2024)
    run = Run.objects.create(report=report, steps_total=7, **changes)
    url = reverse("reports:run", args=[run.pk])
    assert expected in text_of(in_english(reader).get(url))
    part = text_of(reader.get(url, {"part": "1"}))
    assert expected in part
    assert "<html" not in part
    assert ("data-poll" in part) == run.is_active


def test_run_that_changed_nothing_links_to_the_version_it_confirmed(reader: Client, version: Version) -> None:
    run = Run.objects.create(report=version.report, state="done", version=version, made_new_version=False)
    page = text_of(in_english(reader).get(reverse("reports:run", args=[run.pk])))
    assert "nothing has changed since version 1" in page
    assert version.get_absolute_url() in page


def test_pages_speak_russian_and_english(reader: Client, version: Version) -> None:
    for address in ("/reports/", "/reports/2024/", version.get_absolute_url()):
        for language in ("ru", "en"):
            reader.cookies["language"] = language
            answer = reader.get(address)
            assert (answer.status_code, answer["Content-Language"]) == (200, language)
