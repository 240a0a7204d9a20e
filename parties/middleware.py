"""What each request begins with."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from parties.queries import remember_data_version_for_this_request


class ChosenLanguage:
    """Speaks the language the reader has chosen (cookie), else Russian; never guesses from the browser.

    Also begins the request's one reading of the data version.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known = {code for code, __ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        remember_data_version_for_this_request()
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self.known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
