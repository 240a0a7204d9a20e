"""A real Chromium against the running program, with the rules of axe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# The browser's driver runs an event loop in this thread; the database is used beside it, not in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, else the one that Playwright has downloaded."""
    path = next((found for name in SYSTEM_BROWSERS if (found := shutil.which(name))), None)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*quiet, "--disable-sync"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page that fails the test on any script error or breach of the content security policy."""
    context = browser.new_context(locale="ru-RU")
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if _is_breach(message) else None)
    yield page
    context.close()
    assert not problems, problems


def _is_breach(message: Any) -> bool:
    return "Content Security Policy" in message.text or "Content-Security-Policy" in message.text
