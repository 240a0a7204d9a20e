"""What is added up: each trade once, whatever the levels and partners of the file."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trade.models import ChapterTotal, Observation, PartnerTotal
from trade.releases.checking import verify

pytestmark = pytest.mark.django_db


def totals(*columns, **given):
    found = PartnerTotal.objects.filter(closed=None, **given)
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in found.values_list("partner", *columns)}


def chapters(partner="BY"):
    found = ChapterTotal.objects.filter(closed=None, partner=partner)
    return {chapter: (value, lines) for chapter, value, lines in found.values_list("chapter", "value", "lines")}


def test_lines_are_added_by_partner_and_chapter(publish):
    publish(
        [
            {"commodity": "8471300000", "value": 1},
            {"commodity": "8471410000", "value": 2},
            {"commodity": "1107101100", "value": 4},
            {"commodity": "1107101100", "partner": "CN", "value": 8},
        ]
    )
    assert totals("value", "lines") == {"BY": (7, 3), "CN": (8, 1), "W": (15, 4)}
    assert chapters() == {"84": (3, 2), "11": (4, 1)}
    assert chapters("W") == {"84": (3, 2), "11": (12, 2)}


def test_levels_of_one_file_are_not_added_twice(publish):
    publish(
        [
            {"commodity": "TOTAL", "value": 100},
            {"commodity": "84", "value": 60},
            {"commodity": "85", "value": 30},
            {"commodity": "847130", "value": 55},
            {"commodity": "851712", "value": 20},
        ]
    )
    assert totals("value", "lines_value", "lines") == {"BY": (100, 90, 2), "W": (100, 90, 2)}
    assert chapters() == {"84": (60, 1), "85": (30, 1)}


def test_the_coarsest_level_is_chosen_for_each_trade_by_itself(publish):
    publish(
        [
            {"commodity": "84", "value": 60},
            {"commodity": "847130", "value": 55},
            {"commodity": "847130", "partner": "CN", "value": 5},
        ]
    )
    assert totals("value") == {"BY": 60, "CN": 5, "W": 65}


def test_a_file_of_another_level_is_added_beside_and_not_on_top(publish):
    publish([{"commodity": "8471300000", "value": 55}])
    publish([{"commodity": "84", "value": 60}, {"commodity": "85", "value": 1}])
    assert Observation.objects.filter(closed=None).count() == 3
    assert totals("value", "lines") == {"BY": (61, 2), "W": (61, 2)}
    publish([{"commodity": "8471300000", "value": 56}])
    assert totals("value", "lines") == {"BY": (61, 2), "W": (61, 2)}
    assert verify() == []


def test_hidden_goods_count_in_their_chapter_or_in_a_chapter_of_their_own(publish):
    publish(
        [
            {"commodity": "2709009009", "value": 1},
            {"commodity": "27_CONF", "value": 2},
            {"commodity": "_CONF", "value": 4},
        ]
    )
    assert chapters() == {"27": (3, 2), "_C": (4, 1)}
    assert totals("value", "hidden_value") == {"BY": (7, 6), "W": (7, 6)}


def test_all_partners_are_countries_and_unknown_ones_never_groups_or_regions(publish):
    publish([{"partner": partner, "value": 2**n} for n, partner in enumerate(("BY", "NNN", "_H", "EU", "RU-TOM"))])
    assert totals("value")["W"] == 1 + 2 + 4


def test_where_no_partner_can_be_added_all_partners_are_loaded_but_not_stated(publish):
    publish([{"reporter": "BY", "partner": "RU-TOM", "value": 5}])
    assert totals("value", "lines") == {"RU-TOM": (5, 1), "W": (None, 0)}
    assert chapters("W") == {}


def test_stated_lines_of_all_partners_go_before_their_sum(publish):
    publish(
        [
            {"partner": "W", "commodity": "TOTAL", "value": 100},
            {"partner": "BY", "commodity": "84", "value": 60},
            {"partner": "CN", "commodity": "84", "value": 30},
        ]
    )
    assert totals("value", "lines_value") == {"BY": (60, 60), "CN": (30, 30), "W": (100, 90)}
    assert chapters("W") == {"84": (90, 2)}


def test_chapters_stated_for_all_partners_go_before_their_sums(publish):
    publish([{"partner": "W", "commodity": "84", "value": 100}, {"partner": "BY", "commodity": "84", "value": 60}])
    assert totals("value", "lines_value", "lines")["W"] == (100, 100, 1)
    assert chapters("W") == {"84": (100, 1)}


def test_a_file_of_totals_only_says_nothing_about_goods(publish):
    publish([{"commodity": "TOTAL", "value": 100}])
    assert totals("value", "lines_value", "hidden_value", "lines") == {
        "BY": (100, None, None, 0),
        "W": (100, None, None, 0),
    }
    assert chapters() == {}


def test_what_is_not_stated_is_not_nought(publish):
    publish([{"value": None, "net_kg": 5}, {"partner": "CN", "value": 0}])
    assert totals("value", "net_kg") == {"BY": (None, 5), "CN": (0, 10), "W": (None, 15)}


def test_sums_that_do_not_change_stay_as_they_are(publish):
    first = publish([{"value": 5}, {"partner": "CN", "value": 7}])
    second = publish([{"value": 5}, {"partner": "CN", "value": 8}])
    assert totals("opened") == {"BY": first.pk, "CN": second.pk, "W": second.pk}
    assert PartnerTotal.objects.get(partner="CN", closed=second.pk).value == Decimal(7)


def test_quarters_are_added_beside_months(publish):
    publish([{"value": 5}, {"months": 3, "value": 20}])
    assert set(PartnerTotal.objects.filter(partner="W").values_list("months", "value")) == {(1, 5), (3, 20)}
