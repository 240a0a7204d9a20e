"""A statistician enters a published figure with its source."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.apps import apps

from parties.models import Territory
from trade.models import Commodity, PublishedFigure

pytestmark = pytest.mark.django_db


@pytest.fixture
def statistician(facts, cast, client_for):
    return client_for(cast.statistician)


def typed(**changes: object) -> dict[str, object]:
    form = {
        "indicator": "value",
        "flow": "T",
        "reporter": str(Territory.objects.get(code="RU-TOM").pk),
        "commodity": str(Commodity.objects.get(classification="TOTAL").pk),
        "period": "2025-01/2025-07",
        "value": "17\u00a0000,5",
        "unit": "USD_TH",
        "precision": ">",
        "stated_by": "partner",
        "sources": ["S4"],
        "entry_key": str(uuid.uuid4()),
    }
    return form | changes


def test_a_figure_is_kept_as_published_with_its_source(statistician, cast):
    answer = statistician.post("/trade/figures/new/", typed())

    figure = PublishedFigure.objects.latest("pk")
    assert answer["Location"] == figure.get_absolute_url()
    assert (figure.value, figure.unit, figure.precision) == (Decimal("17000.5"), "USD_TH", ">")
    assert (figure.reporter.code, figure.partner.code) == ("RU-TOM", "BY")
    assert figure.source_codes == ["S4"]
    assert str(figure.period) == "2025-01-01/2025-07-31"
    event = apps.get_model("trade", "PublishedFigureEvent").objects.get(id=figure.pk)
    assert event.pgh_context["user"] == cast.statistician.pk


def test_a_figure_of_the_partner_sees_the_home_side_as_its_partner(statistician):
    statistician.post("/trade/figures/new/", typed(reporter=str(Territory.objects.get(code="BY").pk)))

    figure = PublishedFigure.objects.latest("pk")
    assert (figure.reporter.code, figure.partner.code) == ("BY", "RU-TOM")


def test_a_repeated_submit_keeps_one_figure(statistician):
    form = typed()
    before = PublishedFigure.objects.count()

    assert (
        statistician.post("/trade/figures/new/", form)["Location"]
        == (statistician.post("/trade/figures/new/", form)["Location"])
    )
    assert PublishedFigure.objects.count() == before + 1


def test_a_corrected_repeat_is_not_taken_for_the_first(statistician):
    form = typed()
    statistician.post("/trade/figures/new/", form)

    assert statistician.post("/trade/figures/new/", form | {"value": "777"}).status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"sources": []},
        {"sources": ["S99"]},
        {"value": "много"},
        {"value": "-5"},
        {"value": "1e400"},
        {"value": "NaN"},
        {"value": "0E+2000000000"},
        {"value": "1_000"},
        {"period": "2016/.."},
        {"period": "../2016"},
        {"unit": "PC"},
        {"period": "2025-13"},
        {"period": ""},
        {"base_period": "2024"},
        {"indicator": "growth", "unit": "PC", "value": "47"},
        {"indicator": "share", "unit": "PC", "value": "140"},
        {"indicator": "rank", "unit": "PLACE", "value": "2.5"},
        {"reporter": "999999"},
        {"reporter": "9" * 30},
        {"note_ru": "a\x00b"},
        {"precision": "~"},
    ],
    ids=str,
)
def test_a_wrong_figure_is_explained_and_not_kept(statistician, changes):
    before = PublishedFigure.objects.count()

    answer = statistician.post("/trade/figures/new/", typed(**changes))

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert PublishedFigure.objects.count() == before


def test_who_writes_the_sign_into_the_number_is_told_where_it_belongs(statistician):
    answer = statistician.post("/trade/figures/new/", typed(value="≈ 31,5"))

    assert "Знак точности выбирается в поле «Точность»" in answer.content.decode()
    assert 'value="≈ 31,5"' in answer.content.decode()


def test_a_growth_names_its_base(statistician):
    statistician.post(
        "/trade/figures/new/",
        typed(indicator="growth", unit="PC", value="22", period="2025-S2", base_period="2024-S2", precision="="),
    )

    assert str(PublishedFigure.objects.latest("pk").base_period) == "2024-S2"


@pytest.mark.parametrize("role", ["official", "secretary", "analyst", "executor"])
def test_only_a_statistician_enters_figures(facts, cast, client_for, role):
    assert client_for(getattr(cast, role)).get("/trade/figures/new/").status_code == 403


def growth(flow: str, value: str, **changes: object) -> dict[str, object]:
    rate = {"indicator": "growth", "unit": "PC", "precision": "=", "period": "2025-S2", "base_period": "2024-S2"}
    return typed(flow=flow, value=value, **rate | changes)


def test_a_growth_outside_those_of_both_flows_is_kept_only_when_sent_again(statistician):
    statistician.post("/trade/figures/new/", growth("X", "30"))
    statistician.post("/trade/figures/new/", growth("M", "40"))
    before = PublishedFigure.objects.count()
    form = growth("T", "60")

    warned = statistician.post("/trade/figures/new/", form)

    assert warned.status_code == 200
    assert warned.context["doubts"][0].code == "turnover_growth_outside"
    assert 'name="seen" value="turnover_growth_outside"' in warned.content.decode()
    assert PublishedFigure.objects.count() == before
    assert statistician.post("/trade/figures/new/", form | {"seen": "turnover_growth_outside"}).status_code == 302
    assert PublishedFigure.objects.count() == before + 1


def test_a_growth_between_those_of_both_flows_raises_no_doubt(statistician):
    statistician.post("/trade/figures/new/", growth("X", "30"))
    statistician.post("/trade/figures/new/", growth("M", "80"))

    assert statistician.post("/trade/figures/new/", growth("T", "60")).status_code == 302


def test_a_turnover_that_is_not_the_sum_is_doubted(statistician):
    value = {"unit": "USD_MN", "period": "2024", "precision": "="}
    statistician.post("/trade/figures/new/", typed(flow="X", value="13.6", **value))
    statistician.post("/trade/figures/new/", typed(flow="M", value="10.5", **value))

    warned = statistician.post("/trade/figures/new/", typed(flow="T", value="26", **value))

    assert [doubt.code for doubt in warned.context["doubts"]] == ["turnover_is_not_the_sum"]


def test_dollars_entered_as_thousands_are_doubted_beside_the_other_years(statistician):
    warned = statistician.post(
        "/trade/figures/new/", typed(value="24 000 000", unit="USD_TH", period="2024", precision="=")
    )

    assert [doubt.code for doubt in warned.context["doubts"]] == ["thousandfold"]


def test_a_figure_from_the_beginning_of_the_year_is_kept_with_its_months(statistician):
    statistician.post("/trade/figures/new/", typed(period="2025-01/2025-07", value="17000"))

    assert str(PublishedFigure.objects.latest("pk").period) == "2025-01-01/2025-07-31"
