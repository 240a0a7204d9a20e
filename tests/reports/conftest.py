"""A small cooperation with the shape of the shipped one, built row by row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.db import connection

from agreements.models import Act, Agreement, Party, StatedCount
from documents.models import Fact, Source
from parties.models import Area, Organisation, Partnership, Territory
from parties.periods import Period
from projects.models import Delivery, Milestone, Project
from trade.models import Commodity, PublishedFigure, Target
from workgroup.models import Meeting, Outcome, Workgroup


@dataclass
class World:
    """One partnership with what reports need."""

    partnership: Partnership
    home: Territory
    partner: Territory
    goods: Commodity
    area: Area
    workgroup: Workgroup

    def source(self, code: str, published: str) -> Source:
        return Source.objects.create(
            code=code,
            title_ru=f"Источник {code}",
            title_en=f"Source {code}",
            publisher_ru="Издатель",
            publisher_en="Publisher",
            published=Period.parse(published),
            language="ru",
        )

    def agreement(self, title: str, concluded: str | None, *, in_force: bool = False, **fields: object) -> Agreement:
        row = Agreement.objects.create(
            partnership=self.partnership,
            title_ru=title,
            title_en=title,
            concluded=Period.parse(concluded) if concluded else None,
            **{"level": Agreement.Level.INSTITUTION, **fields},
        )
        for side, name in (("home", "Дом"), ("partner", "Партнёр")):
            organisation = Organisation.objects.create(kind="government", side=side, name_ru=name, name_en=side)
            Party.objects.create(agreement=row, side=side, organisation=organisation)
        if in_force:
            Act.objects.create(agreement=row, kind=Act.Kind.CONFIRMED, dated=Period.parse("2024-S1"))
        return row

    def figure(self, indicator: str, flow: str, period: str, value: str, **fields: object) -> PublishedFigure:
        units = {"value": "USD_MN", "growth": "PC", "share": "PC", "rank": "PLACE"}
        when = Period.parse(period)
        return PublishedFigure.objects.create(
            **{
                "partnership": self.partnership,
                "indicator": indicator,
                "flow": flow,
                "reporter": self.home,
                "partner": self.partner,
                "commodity": self.goods,
                "period": when,
                "base_period": when.a_year_before() if indicator == "growth" else None,
                "value": Decimal(value),
                "unit": units[indicator],
                "stated_by": "home",
                "source_codes": ["S2"],
                **fields,
            }
        )

    def meeting(self, title: str, held: str, level: str = "heads", **fields: object) -> Meeting:
        return Meeting.objects.create(
            partnership=self.partnership,
            workgroup=self.workgroup if level == "workgroup" else None,
            level=level,
            title_ru=title,
            title_en=title,
            held=Period.parse(held),
            **fields,
        )

    def project(self, title: str, **fields: object) -> Project:
        return Project.objects.create(
            partnership=self.partnership,
            area=self.area,
            title_ru=title,
            title_en=title,
            summary_ru=title,
            summary_en=title,
            **{"source_codes": ["S2"], **fields},
        )


@pytest.fixture
def world(db: None) -> World:
    """A partnership without any agreement, meeting, figure or project; source S2 is known since August 2023."""
    return build_world()


def build_world() -> World:
    home = Territory.objects.create(code="RU-TOM", kind="region", name_ru="Томская область", name_en="Tomsk Oblast")
    partner = Territory.objects.create(code="BY", kind="country", name_ru="Беларусь", name_en="Belarus")
    partnership = Partnership.objects.create(
        code="tomsk-belarus",
        name_ru="Томская область – Беларусь",
        name_en="Tomsk Oblast – Belarus",
        home=home,
        partner=partner,
        home_side_ru="Томская область",
        home_side_en="Tomsk Oblast",
        partner_side_ru="Беларусь",
        partner_side_en="Belarus",
    )
    world = World(
        partnership,
        home,
        partner,
        Commodity.objects.create(classification="TOTAL", commodity_code="TOTAL", name_ru="Все товары", name_en="All"),
        Area.objects.create(code="industry", name_ru="Промышленность", name_en="Industry"),
        Workgroup.objects.create(partnership=partnership, name_ru="Группа", name_en="Workgroup", meetings_a_year=1),
    )
    world.source("S2", "2023-08-15")
    return world


@pytest.fixture
def full_world(world: World) -> World:
    return fill(world)


def fill(world: World) -> World:
    """Add what the sources state, in the shape of the shipped facts."""
    world.source("S0", "2024-S1")
    world.source("S1", "2024-01-17")
    world.source("S4", "2025")
    Fact.objects.create(code="T1", section="trade", order=1, text_ru="Оборот", text_en="Turnover", source_codes=["S2"])
    state = Agreement.Level.STATE
    world.agreement("2016", "2016", in_force=True, level=state, plan_stated=True, source_codes=["S0"])
    world.agreement("2021", "2021", in_force=True, level="region", plan_stated=True, source_codes=["S0"])
    world.agreement("TUSUR – BelGISS", "2023", source_codes=["S0"])
    world.agreement("TUSUR – BSUIR", "2025", source_codes=["S4"])
    StatedCount.objects.create(
        partnership=world.partnership,
        level="institution",
        subject_ru="соглашений",
        subject_en="agreements",
        value=25,
        as_of=Period.parse("2023-08"),
        source_codes=["S2"],
    )
    _trade(world)
    _meetings(world)
    _projects(world)
    return world


def _trade(world: World) -> None:
    turnover = world.figure("value", "T", "2022", "23", precision="<", fact_ids=["T1"], code="turnover-2022")
    world.figure("growth", "T", "2022", "47", fact_ids=["T1"])
    world.figure("growth", "T", "2023-S1", "30", precision="<")
    malt = Commodity.objects.create(classification="HS", commodity_code="1107", name_ru="Солод", name_en="Malt")
    world.figure("value", "M", "2023-S1", "2.35", commodity=malt)
    world.figure("rank", "X", "2023", "6", source_codes=["S0"])
    world.figure("rank", "M", "2023", "12", source_codes=["S0"])
    world.figure("growth", "T", "2025-S1", "60", source_codes=["S4"])
    world.figure("growth", "X", "2025-S1", "30", source_codes=["S4"])
    Target.objects.create(
        partnership=world.partnership,
        flow="T",
        base=turnover,
        low_factor=2,
        high_factor=3,
        set_on=Period.parse("2023-08-15"),
        horizon_en="medium term",
        source_codes=["S1", "S2"],
    )


def _meetings(world: World) -> None:
    heads = world.meeting("Heads", "2023-08-15", source_codes=["S2"])
    Outcome.objects.create(meeting=heads, kind="commitment", text_ru="Обязательство", text_en="Commitment")
    world.meeting("Ambassador", "2024-01-17", "ambassador", source_codes=["S1"])
    world.meeting("Minsk", "2025", "workgroup", source_codes=["S4"])


def _projects(world: World) -> None:
    programme = world.project(
        "Microelectronics",
        period=Period(dt.date(2023, 1, 1), None),
        stage="under_way",
        stage_stated=Period.parse("2025"),
        source_codes=["S0", "S4"],
    )
    Milestone.objects.create(
        project=programme,
        title_ru="Проект программы",
        title_en="Draft programme",
        planned=Period.parse("2024-S1"),
        actual=Period.parse("2025"),
        source_codes=["S0", "S4"],
    )
    world.project("Theatre", source_codes=["S4"])
    Delivery.objects.create(
        partnership=world.partnership,
        what_ru="Машины",
        what_en="Machines",
        from_side="partner",
        quantity=250,
        precision=">",
        period=Period.parse("2016/2024-S1"),
        source_codes=["S0"],
    )


@pytest.fixture
def database_address() -> str:
    """The test database as a `DATABASE_URL`, for processes that a test starts."""
    known = connection.settings_dict
    host = quote(str(known["HOST"]), safe="")
    login = quote(str(known["USER"])) + (f":{quote(str(known['PASSWORD']))}" if known["PASSWORD"] else "")
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{login}@{host}{port}/{known['NAME']}"
