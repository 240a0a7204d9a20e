"""A secretary registers a source; its file comes back as a download under the source's code."""

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import Source

pytestmark = pytest.mark.django_db
TEXT = "Товарооборот вырос".encode()


def typed(**changes):
    return {
        "title_ru": "Новость о торговле",
        "publisher_ru": "Администрация Томской области",
        "published": "август 2026",
        "language": "ru",
        "file": SimpleUploadedFile("../новость.txt", TEXT),
    } | changes


def test_a_source_gets_the_next_code_and_the_checksum_of_its_file(facts, cast, client_for):
    client_for(cast.secretary).post("/documents/new/", typed())

    source = Source.objects.get(title_ru="Новость о торговле")
    assert source.code == "S5"
    assert source.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert str(source.published) == "2026-08"


def test_the_file_is_a_download_for_those_signed_in(facts, cast, client_for, client):
    client_for(cast.secretary).post("/documents/new/", typed())

    answer = client_for(cast.analyst).get("/documents/S5/file/")

    assert b"".join(answer.streaming_content) == TEXT
    assert answer["Content-Disposition"] == 'attachment; filename="S5.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get("/documents/S5/file/").status_code == 302
    assert client_for(cast.analyst).get("/documents/S0/file/").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"published": "когда-то"},
        {"address": "javascript:alert(1)"},
        {"file": SimpleUploadedFile("x.exe", TEXT)},
        {"title_ru": ""},
    ],
    ids=["date", "address", "kind of file", "no title"],
)
def test_a_wrong_source_is_explained_and_not_kept(facts, cast, client_for, changes):
    answer = client_for(cast.statistician).post("/documents/new/", typed(**changes))

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert Source.objects.count() == 5


def test_a_reader_registers_nothing(facts, cast, client_for):
    assert client_for(cast.official).get("/documents/new/").status_code == 403


def test_a_form_sent_twice_registers_one_source(facts, cast, client_for):
    client = client_for(cast.secretary)
    key = re.search(r'name="entry_key" value="([^"]+)"', client.get("/documents/new/").content.decode())[1]

    for __ in range(2):
        file = SimpleUploadedFile("новость.txt", TEXT)
        assert client.post("/documents/new/", typed(entry_key=key, file=file))["Location"] == "/documents/S5/"

    assert Source.objects.filter(title_ru="Новость о торговле").count() == 1


def test_a_file_that_only_its_name_makes_a_document_is_not_kept(facts, cast, client_for):
    file = SimpleUploadedFile("новость.pdf", b"MZ")

    assert client_for(cast.secretary).post("/documents/new/", typed(file=file)).status_code == 422
    assert Source.objects.count() == 5
