"""The pages of imports: from the form to the release, and what they answer to others and to nonsense."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parties.models import User
from tests.conftest import Cast
from tests.trade.imports.conftest import (
    TABLE,
    TOMSK,
    carried_out,
    customs_file,
    line,
    load,
    published,
    ready,
)
from trade.importing.problems import RULES
from trade.imports import operations
from trade.imports.preview import MEANINGS
from trade.models import Dataset, Import, ImportProfile, Observation, Release

State = Import.State
Browser = Callable[..., Client]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sent")]
PLAIN = {"dataset": "FCS", "status": "provisional", "money": "USD", "weight": "kg"}


@pytest.fixture
def statistician(customs: Dataset, cast: Cast, client_for: Browser) -> Client:
    client = client_for(cast.statistician)
    client.cookies["language"] = "en"
    return client


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def upload(client: Client, content: bytes, name: str = "DATTSVT.csv", **fields: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("trade:new_import"), {**PLAIN, "file": file, **fields})


def address(job: Import, name: str = "import") -> str:
    return reverse(f"trade:{name}", args=[job.pk])


def test_a_file_goes_from_the_form_to_the_release(statistician: Client, customs: Dataset) -> None:
    published(customs, customs_file(line(value="100")))
    answer = upload(statistician, customs_file(line(value="125"), line(partner="KZ")), published_on="15.08.2024")
    job = Import.objects.exclude(state=State.PUBLISHED).get()
    assert (answer.status_code, answer["Location"]) == (302, address(job))
    assert "In the queue." in text_of(statistician.get(address(job)))
    assert 'data-poll="' in text_of(statistician.get(address(job), {"part": "1"}))
    carried_out(job)
    part = text_of(statistician.get(address(job), {"part": "1"}))
    assert "data-reload" in part
    assert "<html" not in part
    page = text_of(statistician.get(address(job)))
    assert "1 new, 1 changed, 0 disappeared" in page
    assert "<dd>Export from the site of the Federal Customs Service</dd>" in page
    assert re.search(r"100\.00</td>.*125\.00</td>.*\+25\.0 %", page)
    assert "has moved on" in text_of(statistician.post(address(job, "confirm_import"), follow=True))  # which was seen?
    job.refresh_from_db()
    answer = statistician.post(address(job, "confirm_import"), {"vintage": job.vintage})
    assert (answer.status_code, answer["Location"]) == (302, address(job))
    carried_out(job)
    release = Release.objects.latest("pk")
    assert reverse("trade:release", args=[release.pk]) in text_of(statistician.get(address(job)))
    assert str(release.published_on) == "2024-08-15"
    assert release.loaded_by is not None
    assert release.loaded_by.username == "statistician"


def test_lines_of_several_regions_name_whose_trade_they_are(statistician: Client, customs: Dataset) -> None:
    tomsk = line(value="125")
    upload(statistician, customs_file(tomsk, line(value="300").replace(TOMSK, "45000 - ГОРОД МОСКВА\t01-ЦФО")))
    job = Import.objects.get()
    carried_out(job)
    page = text_of(statistician.get(address(job)))
    assert re.search(r"Moscow – Belarus</td>.*300\.00", page)
    assert re.search(r"Tomsk Oblast – Belarus</td>.*125\.00", page)


def test_the_release_of_an_import_is_seen_by_everybody(
    statistician: Client, customs: Dataset, cast: Cast, client_for: Browser
) -> None:
    job = published(customs, customs_file())
    assert job.release is not None
    answer = client_for(cast.official).get(job.release.get_absolute_url())
    assert answer.status_code == 200
    assert "DATTSVT.csv" in text_of(answer)


@pytest.mark.parametrize("name", ["official", "secretary", "analyst", "reviewer_home", "executor"])
def test_other_roles_are_refused(customs: Dataset, cast: Cast, client_for: Browser, name: str) -> None:
    client, job = client_for(getattr(cast, name)), ready(customs, customs_file())
    for page in ("import", "import_again", "import_columns", "problems_csv", "problems_json"):
        assert client.get(address(job, page)).status_code == 403, page
    for page in ("imports", "new_import"):
        assert client.get(reverse(f"trade:{page}")).status_code == 403, page
    for action in ("confirm_import", "cancel_import"):
        assert client.post(address(job, action)).status_code == 403, action
    assert upload(client, customs_file(line("ИМ"))).status_code == 403
    assert Import.objects.get().state == State.READY


def test_an_upload_needs_the_token_of_the_form(customs: Dataset, cast: Cast, client_for: Browser) -> None:
    client = client_for(cast.statistician, enforce_csrf_checks=True)
    assert upload(client, customs_file()).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(client.get(reverse("trade:new_import"))))
    assert token is not None
    assert upload(client, customs_file(), csrfmiddlewaretoken=token[1]).status_code == 302


def test_nothing_is_changed_by_a_get(statistician: Client, customs: Dataset) -> None:
    job = ready(customs, customs_file())
    assert statistician.get(address(job, "confirm_import")).status_code == 405
    assert statistician.get(address(job, "cancel_import")).status_code == 405


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dataset": "NONE"}, "Dataset"),
        ({"month": "2024"}, "is not one month"),
        ({"month": "31.02.2024"}, "no such date"),
        ({"month": "2024-01", "yearly": "on"}, "not both"),
        ({"published_on": "August"}, "Cannot read"),
        ({"status": "secret"}, "Status of the figures"),
        ({"reporter": "XX"}, "Whose trade it is"),
        ({"sheet": "a\x00b"}, "Null characters"),
    ],
)
def test_wrong_options_are_named_and_nothing_is_kept(
    statistician: Client, fields: dict[str, str], message: str
) -> None:
    answer = upload(statistician, customs_file(), **fields)
    assert answer.status_code == 422
    assert "Nothing is kept yet" in text_of(answer)
    assert message in text_of(answer)
    assert not Import.objects.exists()


def test_a_form_without_a_file_or_with_an_empty_one_says_so(statistician: Client) -> None:
    assert "Choose the file" in text_of(statistician.post(reverse("trade:new_import"), PLAIN))
    assert "The file is empty" in text_of(upload(statistician, b""))


def test_a_file_beyond_the_limit_is_read_away_and_answered(statistician: Client, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1 << 20
    answer = upload(statistician, b"x" * (3 << 20))
    assert answer.status_code == 422
    assert "at most 1 MB can be loaded" in text_of(answer)
    assert "Choose the file" not in text_of(answer)
    assert not Import.objects.exists()


def test_an_upload_is_written_to_the_disk_as_it_comes(statistician: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    request = operations.request
    monkeypatch.setattr(operations, "request", lambda **given: seen.append(given["file"]) or request(**given))
    upload(statistician, customs_file())
    assert Path(seen[0].temporary_file_path()).name


@pytest.mark.parametrize("name", ["../../etc/passwd", "=cmd|' /C calc'!A0.csv", "a\u202ecsv.exe", "ы" * 300, "<b>.csv"])
def test_a_hostile_file_name_does_no_harm(statistician: Client, name: str) -> None:
    answer = upload(statistician, customs_file(), name)
    assert answer.status_code == 302
    job = Import.objects.get()
    assert Path(job.file.name).name == str(job.pk)
    page = text_of(statistician.get(address(job)))
    assert "<b>.csv" not in page
    assert statistician.get(reverse("trade:imports")).status_code == 200


def test_the_same_file_twice_leads_to_what_was_loaded(statistician: Client, customs: Dataset) -> None:
    job = published(customs, customs_file())
    answer = upload(statistician, customs_file())
    assert (answer.status_code, answer["Location"]) == (302, address(job))
    assert "already loaded" in text_of(statistician.get(address(job)))
    assert Import.objects.count() == 1


def test_a_form_submitted_twice_is_one_import(statistician: Client) -> None:
    assert upload(statistician, customs_file())["Location"] == upload(statistician, customs_file())["Location"]


def test_columns_are_named_on_a_page_with_samples_and_suggestions(statistician: Client, customs: Dataset) -> None:
    job = carried_out(load(customs, TABLE, name="январь.csv"))
    assert address(job, "import_columns") in text_of(statistician.get(address(job)))
    page = text_of(statistician.get(address(job, "import_columns")))
    assert "1530,5" in page
    assert re.search(r'name="column-0".*?value="partner" selected', page)
    assert re.search(r'value="USD_TH" selected', page)
    named = {"money": "USD_TH", "weight": "kg", "column-0": "partner", "column-1": "commodity"}
    named |= {"column-2": "export_value", "column-3": "import_value", "fixed-period": "2024-01"}
    answer = statistician.post(address(job, "import_columns"), named)
    assert (answer.status_code, answer["Location"]) == (302, address(job))
    assert carried_out(job).summary["new"] == 3
    assert ImportProfile.objects.get().name == "январь.csv"
    assert "Name the columns otherwise" in text_of(statistician.get(address(job)))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"column-0": "partner", "column-1": "partner"}, "Keep one of the two"),
        ({"column-0": "partner"}, "No column of a value"),
        ({"column-0": "nonsense"}, 'column “<bdi lang="ru">Страна</bdi>”'),
        ({"column-2": "value", "column-1": "commodity", "fixed-commodity": "TOTAL"}, "both a column and a fixed"),
        ({"column-2": "value", "money": "RUB"}, "Values are in"),
        ({"column-0": "partner", "column-1": "commodity", "column-2": "export_value"}, "No column holds this"),
    ],
)
def test_columns_named_wrongly_are_answered_in_words(
    statistician: Client, customs: Dataset, fields: dict[str, str], message: str
) -> None:
    job = carried_out(load(customs, TABLE))
    answer = statistician.post(address(job, "import_columns"), {"money": "USD", "weight": "kg", **fields})
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert not ImportProfile.objects.exists()


def test_what_was_said_of_the_whole_file_needs_no_column(statistician: Client, customs: Dataset) -> None:
    job = carried_out(load(customs, TABLE, month=dt.date(2024, 1, 1)))
    named = {
        "money": "USD_TH",
        "weight": "kg",
        "column-0": "partner",
        "column-1": "commodity",
        "column-2": "export_value",
    }
    assert statistician.post(address(job, "import_columns"), named).status_code == 302
    assert carried_out(job).state == State.READY


def test_columns_cannot_be_named_where_nobody_asks(statistician: Client, customs: Dataset) -> None:
    job = load(customs, customs_file())
    answer = statistician.get(address(job, "import_columns"), follow=True)
    assert "has moved on" in text_of(answer)


def test_a_refused_file_says_why_and_can_be_read_with_other_options(statistician: Client, customs: Dataset) -> None:
    yearly = "NAPR,PERIOD,STRANA,TNVED,EDIZM,STOIM,NETTO,KOL\nИМ,2021,BY,8471300000,,100,1,0\n".encode()
    upload(statistician, yearly, "2021-01.csv", reporter="RU-TOM")
    job = carried_out(Import.objects.get())
    page = text_of(statistician.get(address(job)))
    assert job.state == State.REFUSED
    assert "Is it a whole year or one month of it?" in page
    assert "2021-01" in page
    form = text_of(statistician.get(address(job, "import_again")))
    assert re.search(r'value="RU-TOM" selected', form)
    assert 'type="file"' not in form
    answer = statistician.post(address(job, "import_again"), {**PLAIN, "reporter": "RU-TOM", "month": "2021-01"})
    again = Import.objects.exclude(pk=job.pk).get()
    assert answer["Location"] == address(again)
    assert carried_out(again).state == State.READY


def test_problems_stand_line_by_line_and_as_files(statistician: Client, customs: Dataset) -> None:
    job = ready(customs, customs_file(line(), line(partner="=1+1"), line(value="минус")))
    page = text_of(statistician.get(address(job)))
    assert "2 rows of the file are left out" in page
    assert "CTRY" in page
    answer = statistician.get(address(job, "problems_csv"))
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeffline;column;code;severity;value;message;advice\n")
    assert '3;"nastranapr";"CTRY";"E";"\'=1+1";' in text
    assert "attachment" in answer["Content-Disposition"]
    found = json.loads(statistician.get(address(job, "problems_json")).content)
    assert found["counts"] == {"CTRY": 1, "NUM": 1}
    assert {(one["line"], one["value"]) for one in found["problems"]} == {(3, "=1+1"), (4, "минус")}


def test_every_rule_is_explained() -> None:
    assert {rule.code for rule in RULES.values()} <= set(MEANINGS)


def test_an_import_is_cancelled_by_a_button(statistician: Client, customs: Dataset) -> None:
    job = ready(customs, customs_file())
    statistician.post(address(job, "cancel_import"))
    assert "The import was cancelled" in text_of(statistician.get(address(job)))
    assert "has moved on" in text_of(statistician.post(address(job, "confirm_import"), follow=True))
    assert not Observation.objects.exists()


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_every_state_has_a_page_in_both_languages(statistician: Client, customs: Dataset, state: str) -> None:
    job = ready(customs, customs_file())
    Import.objects.filter(pk=job.pk).update(state=state, error="abc123")
    for language in ("ru", "en"):
        statistician.cookies["language"] = language
        answer = statistician.get(address(job))
        assert (answer.status_code, answer["Content-Language"]) == (200, language)


def test_the_list_shows_imports_and_costs_the_same_for_any_number(
    statistician: Client, customs: Dataset, django_assert_max_num_queries: Any
) -> None:
    ready(customs, customs_file())
    for value in range(5):
        load(customs, customs_file(line(value=str(value + 1))), name=f"file-{value}.csv")
    with django_assert_max_num_queries(8):
        page = text_of(statistician.get(reverse("trade:imports")))
    assert "file-4.csv" in page
    assert "Ready to be confirmed" in page


@pytest.mark.parametrize(
    "query", ["?page=2", "?page=0", "?page=x", "?page=", "?sort=name", "?page=99999999999999999999"]
)
def test_a_wrong_parameter_of_the_list_is_named(statistician: Client, query: str) -> None:
    assert statistician.get(reverse("trade:imports") + query).status_code == 400


def test_an_unknown_import_is_not_found(statistician: Client) -> None:
    assert statistician.get(reverse("trade:import", args=[uuid.uuid4()])).status_code == 404


def test_no_page_of_an_import_is_kept_by_the_browser(statistician: Client, customs: Dataset) -> None:
    job = ready(customs, customs_file())
    assert statistician.get(address(job))["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("name", "is_shown"), [("statistician", True), ("analyst", False)])
def test_pages_of_trade_lead_to_imports_those_who_may(
    customs: Dataset, cast: Cast, client_for: Browser, name: str, is_shown: bool
) -> None:
    page = text_of(client_for(getattr(cast, name)).get(reverse("trade:releases")))
    assert (reverse("trade:imports") in page) == is_shown


def test_administrators_may_import(customs: Dataset, cast: Cast, client_for: Callable[[User], Client]) -> None:
    assert client_for(cast.administrator).get(reverse("trade:new_import")).status_code == 200


def test_an_expired_preview_says_how_long_its_file_is_kept_and_can_be_read_again(
    statistician: Client, customs: Dataset, settings: Any
) -> None:
    statistician.cookies["language"] = "en"
    settings.IMPORT_PREVIEW_LIFE, settings.IMPORT_FILE_LIFE = timedelta(days=7), timedelta(days=30)
    job = ready(customs, customs_file())
    assert "Waits until" in statistician.get(job.get_absolute_url()).content.decode()
    Import.objects.filter(pk=job.pk).update(started_at=Now() - timedelta(days=7))
    operations.sweep()
    job.refresh_from_db()

    page = statistician.get(job.get_absolute_url()).content.decode()

    assert "Nobody decided on it within 7 days" in page
    assert f"{timezone.localtime(job.finished_at) + timedelta(days=30):%d.%m.%Y %H:%M}" in page
    assert f"/trade/imports/{job.pk}/again/" in page
