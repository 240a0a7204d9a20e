"""Large requests are refused before they are read: from strangers early, from readers where no large file belongs."""

import pytest
from django.urls import resolve, reverse

from cooperation.middleware import LARGE_UPLOADS

pytestmark = pytest.mark.django_db
MB = 1 << 20


def send(client, address, size, **headers):
    """Send a request that states its size, but never sends that much."""
    return client.post(address, {"login": "x"}, CONTENT_LENGTH=str(size), headers=headers)


@pytest.mark.parametrize(("language", "says"), [("ru", "Больше 1"), ("en", "More than 1")])
def test_a_stranger_sends_at_most_a_megabyte(client, language, says):
    client.cookies["language"] = language

    answer = send(client, "/accounts/login/", 199 * MB)

    assert answer.status_code == 413
    assert says in answer.content.decode().replace("\xa0", " ")


def test_a_reader_sends_more_but_no_large_files(cast, client_for):
    secretary = client_for(cast.secretary)

    assert send(secretary, "/meetings/new/", 26 * MB).status_code == 413
    assert send(secretary, "/trade/imports/new/", 26 * MB).status_code == 403  # refused by rights, not by size


def test_a_token_counts_as_signed_in_and_a_wrong_one_does_not(api_for, client, cast):
    known = api_for(cast.reviewer_home)

    assert send(known, "/api/v1/agreements/", 2 * MB).status_code == 403
    answer = send(client, "/api/v1/agreements/", 2 * MB, authorization="Token " + "0" * 64)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "too_large"
    assert send(known, "/api/v1/agreements/", 26 * MB).status_code == 413


@pytest.mark.parametrize("name", LARGE_UPLOADS)
def test_addresses_of_large_files_exist(name):
    address = reverse(name, args=[1] if name == "agreements:note" else [])

    assert resolve(address).view_name == name
