"""Sending a form back as a browser does that shows it and in which nothing is typed."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client


def shown_form(client: Client, address: str) -> dict[str, list[str]]:
    """Return what the fields of the form on a page hold."""
    page = client.get(address).content.decode()
    main = page[page.index("<main") :]
    values: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", main):
        name = re.search(r'name="([^"]*)"', tag)
        is_sent = " checked" in tag or not re.search(r'type="(checkbox|radio|file)"', tag)
        if name and is_sent:
            value = re.search(r'value="([^"]*)"', tag)
            values.setdefault(name[1], []).append(unescape(value[1]) if value else "on" if " checked" in tag else "")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s?(.*?)</textarea>', main, re.DOTALL):
        values[name] = [unescape(body)]
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', main, re.DOTALL):
        values[name] = [unescape(value) for value in re.findall(r'value="([^"]*)"[^>]*selected', body)]
    return values
