"""Who writes in the tests of agreements, plans and measures."""

from __future__ import annotations

import pytest


@pytest.fixture
def by(cast):
    return cast.secretary
