"""Writing about agreements on pages and through the API."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from agreements.forms.agreements import NewFileForm
from agreements.models import Act, Agreement, AgreementFile, Amendment, Article, Party
from parties.storage import atomic_with_files
from tests import factories as make

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nagreement"


@pytest.fixture
def secretary(cast, client_for):
    client = client_for(cast.secretary)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def api(cast, api_for):
    return api_for(cast.secretary)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def text(answer):
    return answer.content.decode().replace("\u00a0", " ").replace("&quot;", '"').replace("&#x27;", "'")


NEW = {"title_ru": "Соглашение", "title_en": "Agreement", "level": "region", "form": "agreement"}


def test_an_agreement_is_written_on_a_page(secretary):
    make.make_partnership()
    make.make_source("S0")
    typed = {
        **NEW, "number": "17-П", "concluded": "15.08.2021", "languages": ["ru", "be"], "expires_on": "31.12.2026",
        "prolongs": "on", "prolongation_months": "60", "notice_months": "6", "sources": ["S0"],
    }  # fmt: skip

    answer = secretary.post("/agreements/new/", typed)

    row = Agreement.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert (row.number, row.languages, row.expires_on) == ("17-П", ["ru", "be"], dt.date(2026, 12, 31))
    assert (row.prolongs, row.prolongation_months, row.notice_months) == (True, 60, 6)
    assert row.source_codes == ["S0"]
    assert secretary.get(answer["Location"]).status_code == 200
    form = text(secretary.get(f"/agreements/{row.pk}/edit/"))
    assert 'value="31.12.2026"' in form
    assert 'value="15.08.2021"' in form


def test_an_agreement_without_an_english_title_shows_the_russian_one_as_russian(secretary, api):
    make.make_partnership()

    answer = secretary.post("/agreements/new/", {**NEW, "title_en": ""})

    assert '<h1 lang="ru">Соглашение</h1>' in text(secretary.get(answer["Location"]))
    body = {"partnership": "tomsk-belarus", "title": {"ru": "Меморандум"}, "level": "region", "form": "memorandum"}
    record = api.post("/api/v1/agreements/", body, format="json").json()
    assert record["title"] == {"ru": "Меморандум", "en": None}
    register = text(secretary.get("/agreements/"))
    assert f'<a href="/agreements/{record["id"]}/" lang="ru">Меморандум</a>' in register
    secretary.cookies["language"] = "ru"
    assert "<h1>Соглашение</h1>" in text(secretary.get(answer["Location"]))


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"prolongation_months": "60"}, "prolongation_months", "Further terms need"),
        ({"notice_months": "6", "notice_days": "90"}, "notice_days", "in months or in days"),
        ({"concluded": "2021", "expires_on": "31.12.2020"}, "expires_on", "before the day of signature"),
        ({"unlimited": "on", "prolongs": "on"}, "unlimited", "has no last day"),
        ({"concluded": "31.02.2021"}, "concluded", "no such date"),
        ({"expires_on": "99.99.2026"}, "expires_on", "Write a day"),
        ({"level": "galaxy"}, "level", "Select a valid choice"),
        ({"languages": ["xx"]}, "languages", "Select a valid choice"),
        ({"prolongs": "on", "prolongation_months": "0"}, "prolongation_months", "greater than or equal to 1"),
        ({"notice_days": "99999"}, "notice_days", "less than or equal to 3660"),
        ({"title_ru": ""}, "title_ru", "required"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(secretary, typed, field, message):
    make.make_partnership()

    answer = secretary.post("/agreements/new/", {**NEW, "number": "typed-by-hand", **typed})

    assert answer.status_code == 422
    form = answer.context["form"]
    assert message in text(answer)
    assert set(form.errors) == {field}
    assert 'value="typed-by-hand"' in text(answer)
    assert not Agreement.objects.exists()


def test_agreements_cannot_hang_under_each_other_in_a_circle(secretary, api):
    top = make.make_agreement(title_en="Top")
    middle = make.make_agreement(title_en="Middle", parent=top)
    low = make.make_agreement(title_en="Low", parent=middle)

    answer = api.patch(f"/api/v1/agreements/{top.pk}/", {"parent": low.pk}, format="json", headers={"If-Match": '"1"'})

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["attr"], error["code"]) == ("parent", "circle")
    typed = {**NEW, "title_en": "Top", "parent": low.pk, "seen": top.version}
    page = secretary.post(f"/agreements/{top.pk}/edit/", typed)
    assert "Top → Low → Middle → Top" in text(page)
    top.refresh_from_db()
    assert top.parent is None


def test_both_texts_of_two_writers_are_kept(secretary):
    row = make.make_agreement(title_ru="Первое", title_en="First", number="1")
    Agreement.objects.filter(pk=row.pk).update(number="stored")
    typed = {**NEW, "number": "typed", "seen": 1}

    answer = secretary.post(f"/agreements/{row.pk}/edit/", typed)

    assert answer.status_code == 409
    assert "typed" in text(answer)
    assert "stored" in text(answer)
    row.refresh_from_db()
    assert row.number == "stored"


@pytest.mark.parametrize(
    "path", ["new/", "{pk}/edit/", "{pk}/articles/new/", "{pk}/files/new/", "articles/{article}/remove/"]
)
def test_only_secretaries_write(cast, client_for, path):
    row = make.make_agreement()
    article = make.make_article(agreement=row)
    address = f"/agreements/{path.format(pk=row.pk, article=article.pk)}"

    assert client_for(cast.secretary).get(address).status_code == 200
    for user in (cast.official, cast.analyst, cast.executor):
        assert client_for(user).get(address).status_code == 403
        assert client_for(user).post(address, {}).status_code == 403


def test_parties_acts_articles_and_amendments_are_added_changed_and_removed(secretary):
    row = make.make_agreement(concluded="2021")
    there = f"/agreements/{row.pk}"
    organisation, person = make.make_organisation(side="partner"), make.make_person()
    parts = {
        "parties": (Party, {"organisation": organisation.pk, "signatory": person.pk, "post_ru": "Председатель"}),
        "acts": (Act, {"kind": "entered_into_force", "dated": "1 сентября 2021"}),
        "articles": (Article, {"number": "4.2", "text_ru": "Стороны торгуют."}),
        "amendments": (Amendment, {"number": "1", "signed": "2023", "subject_ru": "Новая редакция"}),
    }
    for part, (model, typed) in parts.items():
        answer = secretary.post(f"{there}/{part}/new/", typed)
        assert answer.status_code == 302, answer.context["form"].errors
        added = model.objects.get()
        answer = secretary.post(f"/agreements/{part}/{added.pk}/edit/", {**typed, "seen": added.version})
        assert answer.status_code == 302
        assert secretary.get(answer["Location"].partition("#")[0]).status_code == 200

    assert Party.objects.get().side == "partner"
    for part, (model, __) in parts.items():
        added = model.objects.get()
        answer = secretary.post(f"/agreements/{part}/{added.pk}/remove/", {"seen": added.version})
        assert answer["Location"] == row.get_absolute_url()
        assert not model.objects.exists()


def test_a_part_that_others_rest_on_stays(secretary):
    article = make.make_article()
    make.make_measure().articles.add(article)

    answer = secretary.post(f"/agreements/articles/{article.pk}/remove/", {"seen": 1})

    assert answer.status_code == 422
    assert "Measures or amendments name this article" in text(answer)
    assert Article.objects.exists()


@pytest.mark.parametrize(
    ("part", "typed", "field"),
    [
        ("acts", {"kind": "suspended", "dated": "2020"}, "dated"),
        ("amendments", {"number": "2", "signed": "2020", "subject_ru": "…"}, "signed"),
        ("amendments", {"number": "2", "signed": "2023", "effective": "2022", "subject_ru": "…"}, "effective"),
        ("amendments", {"number": "taken", "signed": "2023", "subject_ru": "…"}, "number"),
        ("articles", {"number": "taken", "text_ru": "…"}, "number"),
    ],
)
def test_impossible_parts_are_refused_at_their_field(secretary, part, typed, field):
    row = make.make_agreement(concluded="2021")
    make.make_article(agreement=row, number="taken")
    make.make_amendment(agreement=row, number="taken")

    answer = secretary.post(f"/agreements/{row.pk}/{part}/new/", typed)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}


def test_an_agreement_is_not_concluded_after_its_acts(secretary):
    row = make.make_agreement(concluded="2021")
    make.make_act(agreement=row, dated="2021-09-01")

    answer = secretary.post(f"/agreements/{row.pk}/edit/", {**NEW, "concluded": "2022", "seen": row.version})

    assert set(answer.context["form"].errors) == {"concluded"}


def upload(client, row, content=PDF, name="agreement.pdf", **typed):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/agreements/{row.pk}/files/new/", {"kind": "signed", "language": "ru", **typed, "file": file})


def test_a_file_is_kept_with_its_checksum_and_given_as_a_download(secretary, cast):
    row = make.make_agreement()

    assert upload(secretary, row, dated="2021").status_code == 302

    kept = AgreementFile.objects.get()
    assert (kept.edition, kept.sha256, kept.author) == (1, hashlib.sha256(PDF).hexdigest(), cast.secretary)
    assert kept.sha256 in text(secretary.get(row.get_absolute_url()))
    answer = secretary.get(f"/agreements/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="agreement.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_programs_fetch_a_file_with_their_token(secretary, api):
    upload(secretary, make.make_agreement())

    [record] = api.get("/api/v1/agreement-files/").json()["results"]
    answer = api.get(record["file"])

    assert b"".join(answer.streaming_content) == PDF
    assert hashlib.sha256(PDF).hexdigest() == record["sha256"]


def test_a_newer_file_becomes_the_next_edition_and_the_former_stays(secretary):
    row = make.make_agreement()
    upload(secretary, row)
    upload(secretary, row, PDF + b" corrected")
    upload(secretary, row, language="be")

    assert sorted(AgreementFile.objects.values_list("language", "edition")) == [("be", 1), ("ru", 1), ("ru", 2)]
    assert "1 former edition" in text(secretary.get(row.get_absolute_url()))
    again = upload(secretary, row, PDF + b" corrected")
    assert "kept already, as edition 2" in text(again)
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementFile.objects.update(sha256="f" * 64)


class RefusedLate(NewFileForm):
    """Stands for whatever undoes a transaction after the file was stored."""

    def operate(self):
        super().operate()
        raise ValidationError("Refused.")


@pytest.mark.parametrize(("form_class", "count"), [(NewFileForm, 1), (RefusedLate, 0)])
def test_no_file_stays_in_storage_whose_row_does_not(cast, tmp_path, form_class, count):
    typed = {"agreement": make.make_agreement().pk, "kind": "signed", "language": "ru"}
    file = SimpleUploadedFile("agreement.pdf", PDF)

    form_class(typed, {"file": file}, instance=AgreementFile(), by=cast.secretary).keep()

    assert AgreementFile.objects.count() == count
    assert len(list(tmp_path.rglob("*.pdf"))) == count


@atomic_with_files()
def store_and_fail(folder):
    with atomic_with_files():
        default_storage.save("agreement.pdf", SimpleUploadedFile("agreement.pdf", PDF))
    assert list(folder.rglob("*.pdf"))
    raise ValueError("late")


def test_a_file_goes_with_the_outermost_transaction(tmp_path):
    with pytest.raises(ValueError, match="late"):
        store_and_fail(tmp_path)

    assert not list(tmp_path.rglob("*.pdf"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("agreement.exe", b"MZ", "Files of this kind are not kept"),
        ("agreement.pdf", b"MZ not a pdf", "not that of a PDF file"),
        ("agreement.pdf", b"", "empty"),
        ("agreement.docx", b"PK\x03\x04 broken", "not that of a DOCX file"),
    ],
)
def test_what_is_no_document_is_refused_at_the_file(secretary, name, content, message):
    answer = upload(secretary, make.make_agreement(), content, name)

    assert answer.status_code == 422
    assert message in text(answer)
    assert set(answer.context["form"].errors) == {"file"}
    assert not AgreementFile.objects.exists()


def test_a_file_names_an_amendment_of_its_own_agreement(api):
    row, other = make.make_agreement(), make.make_amendment()
    body = {"agreement": row.pk, "amendment": other.pk, "kind": "signed", "language": "ru"}

    answer = api.post(
        "/api/v1/agreement-files/", {**body, "file": SimpleUploadedFile("a.pdf", PDF)}, format="multipart"
    )

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == ["amendment"]


def test_programs_write_agreements_in_the_shape_in_which_they_read_them(api):
    make.make_partnership()
    area = make.make_area()
    body = {
        "partnership": "tomsk-belarus", "title": {"ru": "Меморандум", "en": "Memorandum"}, "level": "institution",
        "form": "memorandum", "area": area.code, "concluded": "2024-S1", "languages": ["ru"],
        "expires_on": "2090-12-31", "prolongs": True, "prolongation_months": 12, "notice_days": 30,
    }  # fmt: skip

    answer = api.post("/api/v1/agreements/", body, format="json", headers={"Idempotency-Key": "k-1"})

    record = answer.json()
    assert answer.status_code == 201, record
    assert (record["title"], record["concluded"], record["area"]["code"]) == (body["title"], "2024-S1", area.code)
    assert (record["ends_on"], record["notice_by"], record["status"]) == ("2090-12-31", "2090-12-01", "signed")
    assert record["warnings"] == ["no_plan"]
    assert api.get(record["url"]).json() == record
    again = api.post("/api/v1/agreements/", body, format="json", headers={"Idempotency-Key": "k-1"})
    assert again.json()["id"] == record["id"]
    assert Agreement.objects.count() == 1


def test_programs_change_only_what_they_give_and_state_the_version(api):
    row = make.make_agreement(number="1", concluded="2021", expires_on=dt.date(2090, 1, 1), languages=["ru"])
    address = f"/api/v1/agreements/{row.pk}/"

    assert api.patch(address, {"number": "2"}, format="json").status_code == 428
    answer = api.patch(address, {"number": "2"}, format="json", headers={"If-Match": '"1"'})

    record = answer.json()
    assert answer.status_code == 200, record
    assert (record["number"], record["concluded"], record["expires_on"]) == ("2", "2021", "2090-01-01")
    assert record["languages"] == ["ru"]
    assert api.patch(address, {"number": "3"}, format="json", headers={"If-Match": '"1"'}).status_code == 412


def test_programs_add_parts_and_take_them_out(api):
    row = make.make_agreement(concluded="2021")
    article = api.post(
        "/api/v1/articles/", {"agreement": row.pk, "number": "1", "text": {"ru": "Стороны торгуют."}}, format="json"
    ).json()
    body = {"agreement": row.pk, "number": "1", "signed": "2023", "subject": {"ru": "…"}, "articles": [article["id"]]}

    amendment = api.post("/api/v1/amendments/", body, format="json").json()
    held = api.post(f"{article['url']}remove/", headers={"If-Match": f'"{article["version"]}"'})
    removed = api.post(f"{amendment['url']}remove/", headers={"If-Match": f'"{amendment["version"]}"'})

    assert [one["id"] for one in amendment["articles"]] == [article["id"]]
    assert held.status_code == 400
    assert removed.status_code == 204
    assert not Amendment.objects.exists()


def test_an_analyst_does_not_write(analyst_api):
    for resource in ("agreements", "articles", "agreement-parties", "agreement-acts", "amendments", "agreement-files"):
        assert analyst_api.post(f"/api/v1/{resource}/", {}, format="json").status_code == 403


@pytest.fixture
def analyst_api(cast, api_for):
    return api_for(cast.analyst)


def test_an_agreement_that_was_entered_by_mistake_is_removed_with_its_parts(secretary):
    article = make.make_article()
    make.make_party(agreement=article.agreement)
    address = f"/agreements/{article.agreement_id}/remove/"

    assert f'href="{address}"' in text(secretary.get(f"/agreements/{article.agreement_id}/edit/"))
    assert "Remove the agreement?" in text(secretary.get(address))
    answer = secretary.post(address, {"seen": 1})

    assert answer["Location"] == "/agreements/"
    assert not Agreement.objects.exists()
    assert Article.pgh_event_model.objects.filter(pgh_label="delete").exists()


@pytest.mark.parametrize(
    "rest",
    [
        lambda agreement: make.make_plan(agreement=agreement),
        lambda agreement: make.make_agreement_file(agreement=agreement),
        lambda agreement: make.make_agreement(parent=agreement, partnership=agreement.partnership),
        lambda agreement: make.make_project(agreement=agreement),
        lambda agreement: make.make_outcome(agreement=agreement),
    ],
    ids=["plan", "file", "child", "project", "outcome"],
)
def test_an_agreement_that_others_rest_on_stays(secretary, rest):
    agreement = make.make_agreement()
    rest(agreement)

    answer = secretary.post(f"/agreements/{agreement.pk}/remove/", {"seen": agreement.version})

    assert answer.status_code == 422
    assert "so it stays" in text(answer) or "It stays, because" in text(answer)
    assert Agreement.objects.filter(pk=agreement.pk).exists()


def test_programs_remove_an_agreement_at_the_version_they_saw(api):
    agreement = make.make_agreement()
    address = f"/api/v1/agreements/{agreement.pk}/remove/"

    assert api.post(address).status_code == 428
    assert api.post(address, headers={"If-Match": '"7"'}).status_code == 412
    assert api.post(address, headers={"If-Match": '"1"'}).status_code == 204
    assert not Agreement.objects.exists()


def test_an_agreement_of_the_facts_stays(api):
    agreement = make.make_agreement(code="A1")

    assert api.post(f"/api/v1/agreements/{agreement.pk}/remove/", headers={"If-Match": '"1"'}).status_code == 400
