"""The check finds what contradicts itself and is silent otherwise."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from trade.models import Release
from trade.releases.checking import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def revised(publish):
    """Return two releases of one dataset: January published and revised."""
    lines = [{"value": 5, "unit": "796", "quantity": 1}, {"partner": "CN", "value": 7}]
    return publish(lines), publish([lines[0] | {"value": 6}, lines[1]])


def test_right_tables_have_no_faults(revised):
    said = StringIO()
    call_command("check_trade", stdout=said)
    assert "agree" in said.getvalue()


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (
            "UPDATE trade_partner_total SET value = value + 0.01 WHERE closed IS NULL AND partner = 'W'",
            "sums in trade_par",
        ),
        ("UPDATE trade_partner_year SET net_kg = net_kg + 1 WHERE partner = 'BY'", "sums in trade_partner_year"),
        ("DELETE FROM trade_partner_year WHERE flow = 'T' AND partner = 'BY'", "sums in trade_partner_year"),
        ("UPDATE trade_partner_total SET value = 1 WHERE closed IS NOT NULL", "as of release"),
        ("DELETE FROM trade_chapter_total WHERE closed IS NULL AND partner = 'BY'", "sums in trade_chapter_total"),
        ("UPDATE trade_observation SET value = 1 WHERE closed IS NULL", "sums in trade_partner_total"),
        ("UPDATE trade_observation SET unit = '000' WHERE unit = '796'", "units"),
        ("UPDATE trade_observation SET partner = 'ZZ' WHERE partner = 'CN'", "codes of areas"),
        ("UPDATE trade_observation SET edition = 'H1'", "editions"),
        ("UPDATE trade_observation SET closed = closed + 1 WHERE closed IS NOT NULL", "two versions"),
        ("UPDATE trade_observation SET opened = 0 WHERE partner = 'CN'", "does not have"),
        ("UPDATE trade_release SET opened_rows = 9", "counts of a release"),
    ],
)
def test_damage_is_found(revised, damage, check):
    with connection.cursor() as cursor:
        cursor.execute(damage)
    said = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("check_trade", as_of=revised[0].pk, stdout=said)
    assert refusal.value.returncode == 1
    assert check in said.getvalue()


def test_times_out_of_order_are_found(revised):
    Release.objects.filter(pk=revised[1].pk).update(loaded_at=revised[0].loaded_at)
    assert [fault.check for fault in verify()] == ["times of releases are not in the order of numbers"]
