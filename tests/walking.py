"""Walking the program as a reader does: from the overview along the links, some pages of each kind."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape

from django.test import Client
from django.urls import Resolver404, resolve

_LINK = re.compile(r'<a [^>]*?href="(/[^"#]*)')
_LEFT_OUT = {"admin", "account_logout"}


def pages(client: Client, each: int = 2) -> Iterator[tuple[str, str]]:
    """Give the addresses and contents of pages that a reader reaches by links, `each` of every kind at most."""
    seen, ahead, opened = {"/"}, deque(["/"]), Counter[str]()
    while ahead:
        address = ahead.popleft()
        try:
            kind = resolve(address.partition("?")[0])
        except Resolver404:
            continue
        page = not {kind.view_name, *kind.namespaces} & _LEFT_OUT and hasattr(kind.func, "access")
        if not page or opened[kind.view_name] == each:
            continue
        opened[kind.view_name] += 1
        answer = client.get(address)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        content = answer.content.decode()
        yield address, content
        for link in map(unescape, _LINK.findall(content)):
            if link not in seen:
                seen.add(link)
                ahead.append(link)
