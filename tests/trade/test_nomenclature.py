"""The shipped nomenclature is whole; editions are loaded from files; every usual spelling of a code is understood."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from trade.models import Commodity, Edition, EditionCode, GroupedChapter, Grouping, Membership, TradeArea, Unit
from trade.nomenclature import lookup
from trade.nomenclature.shipping import chapters_of, load_shipped, table

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "opencustoms"
CHAPTERS = {f"{number:02}" for number in range(1, 98) if number != 77}


@pytest.fixture
def shipped() -> None:
    load_shipped()


def test_there_are_21_sections_and_96_chapters(shipped):
    of = Commodity.Classification
    assert Commodity.objects.filter(classification=of.SECTION).count() == 21
    chapters = set(
        Commodity.objects.filter(classification=of.HS, commodity_code__regex=r"^\d\d$").values_list(
            "commodity_code", flat=True
        )
    )
    assert chapters == CHAPTERS


def test_each_chapter_is_in_exactly_one_section():
    of_sections = [chapter for row in table("sections") for chapter in chapters_of(f"{row['first']}-{row['last']}")]
    assert sorted(of_sections) == sorted(CHAPTERS)


def test_each_chapter_is_in_exactly_one_group_and_machinery_is_84_to_90(shipped):
    default = GroupedChapter.objects.filter(grouping__is_default=True)
    groups = dict(default.values_list("chapter", "group__commodity_code"))

    assert set(groups) == CHAPTERS | {"98", "99", "_C"}
    assert {chapter for chapter, group in groups.items() if group == "G09"} == {str(number) for number in range(84, 91)}
    assert groups["_C"] == groups["99"] == "G99"


def test_everything_has_a_name_in_both_languages(shipped):
    for model in (Commodity, TradeArea, Grouping, Edition):
        for row in model.objects.all():
            assert row.name_ru.strip(), row.code
            assert row.name_en.strip(), row.code
            assert row.name_ru != row.name_en, row.code


def test_loading_again_adds_nothing_and_keeps_corrections(shipped):
    Commodity.objects.filter(code="HS-84").update(name_ru="Исправлено")

    assert set(load_shipped().values()) == {0}
    assert Commodity.objects.get(code="HS-84").name_ru == "Исправлено"


@pytest.mark.parametrize(
    ("spelling", "code"),
    [("BY", "BY"), ("BLR", "BY"), ("112", "BY"), ("W00", "W"), ("0", "W"), ("8", "AL"), ("008", "AL"), ("842", "US"),
     ("NNN", "NNN"), ("AB", "AB"), ("EU", "EU"), ("RU-TOM", "RU-TOM"), ("S19", "S19"), ("356", "IN"), ("840", "US")],
)  # fmt: skip
def test_a_territory_is_known_by_every_usual_code(shipped, spelling, code):
    assert lookup.codes().areas[spelling] == code


@pytest.mark.parametrize(
    ("number", "code"),
    [("699", "IN"), ("842", "US"), ("251", "FR"), ("97", "EU"), ("097", "EU"), ("490", "S19"), ("899", "NNN"),
     ("838", "X838"), ("736", "SD")],
)  # fmt: skip
def test_a_territory_is_known_by_the_number_that_comtrade_has_of_its_own(shipped, number, code):
    assert lookup.codes().areas[number] == code


def test_every_number_of_comtrade_names_a_territory(shipped):
    known = set(TradeArea.objects.values_list("code", flat=True))

    assert [row for row in table("comtrade_areas") if row["area"] not in known] == []


def test_no_code_of_a_territory_stands_twice(shipped):
    for field in ("iso3", "m49", "okato"):
        given = [getattr(area, field) for area in TradeArea.objects.all() if getattr(area, field)]
        assert len(given) == len(set(given)), field


def test_trade_that_no_country_is_named_for_is_added_to_all_countries_but_never_ranked(shipped):
    kinds = lookup.codes().kinds

    assert {kinds[code] for code in ("NNN", "_H", "S19", "X568", "X837", "X838")} == {TradeArea.Kind.UNKNOWN}
    assert {kinds[code] for code in ("EU", "EAEU", "CIS")} == {TradeArea.Kind.GROUP}


def test_a_region_is_known_by_okato_and_not_by_another_number(shipped):
    codes = lookup.codes()

    assert codes.regions["69000"] == "RU-TOM"
    assert codes.regions["70000"] == "RU-TUL"
    assert codes.regions["04130"] == "RU-OKATO-04130"
    assert len(codes.regions) >= 90


@pytest.mark.parametrize(
    ("spelling", "code"), [("796", "796"), ("ШТ", "796"), ("Л 100% СПИРТА", "831"), ("1000 М3", "114"), ("006", "006"),
     ("2U", "715"), ("U", "796"), ("COMTRADE 6", "715"), ("COMTRADE 8", "166")]
)  # fmt: skip
def test_a_unit_is_known_by_number_and_short_name(shipped, spelling, code):
    assert lookup.codes().units[spelling] == code


def test_a_bare_number_is_never_taken_for_the_unit_of_another_list(shipped):
    assert "6" not in lookup.codes().units


def test_no_spelling_means_two_units(shipped):
    meant: dict[str, set[str]] = {}
    for unit in Unit.objects.all():
        for spelling in {unit.code, unit.short_name_ru.upper(), unit.short_name_en.upper(), *unit.aliases}:
            assert spelling == spelling.upper(), unit
            meant.setdefault(spelling, set()).add(unit.code)

    assert {spelling: units for spelling, units in meant.items() if len(units) > 1} == {}


@pytest.mark.parametrize(
    ("day", "symbol"),
    [((2016, 12, 31), "H4"), ((2017, 1, 1), "H5"), ((2022, 1, 1), "H6"), ((2030, 1, 1), "H6"), ((1995, 1, 1), "H3")],
)
def test_a_day_has_its_edition(shipped, day, symbol):
    assert lookup.codes().edition_at(dt.date(*day)) == symbol


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def load(path: Path) -> str:
    out = StringIO()
    call_command("load_nomenclature", str(path), edition="HS2012", stdout=out)
    return out.getvalue()


SMALL = """....................
KOD,SIMPLE_NAM
01,ЖИВЫЕ ЖИВОТНЫЕ
0101,"ЛОШАДИ, ОСЛЫ"
0101210000,ПЛЕМЕННЫЕ
SSSS,СЕКРЕТНЫЙ КОД
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_codes_of_an_edition_come_from_a_file(tmp_path, encoding):
    assert "3 added" in load(write(tmp_path / "small.csv", SMALL, encoding))

    assert EditionCode.objects.get(commodity_code="0101").name_ru == "ЛОШАДИ, ОСЛЫ"
    assert lookup.codes().known_code("H4", "0101210000") is True
    assert lookup.codes().known_code("H4", "0199") is False
    assert lookup.codes().known_code("H6", "0101") is None
    assert lookup.names(["0101210000"]) == {"0101210000": "ПЛЕМЕННЫЕ"}


def test_the_same_file_twice_changes_nothing_and_another_one_only_what_differs(tmp_path):
    path = write(tmp_path / "small.csv", SMALL)
    load(path)

    assert "0 added, 0 changed, 0 removed, 3 unchanged, 1 codes" in load(path)
    changed = SMALL.replace("ПЛЕМЕННЫЕ", "чистопородные").replace('0101,"ЛОШАДИ, ОСЛЫ"\n', "0102,СКОТ\n")
    assert "1 added, 1 changed, 1 removed, 1 unchanged" in load(write(path, changed))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("KOD,SIMPLE_NAM\n0101,А\n123,Б\n", "Line 3, column KOD: “123”"),
        ("A,B\n01,А\n", "Line 1: the header"),
        ("KOD,SIMPLE_NAM\n0101\n", "Line 2: 1 columns"),
        ("KOD,SIMPLE_NAM\n01,А\n01,Б\n", "Line 3, column KOD: code 01 stands twice"),
        ("Code,Name_EN\n1,Live animals\n", "Line 2, column Code: “1”"),
        ('KOD,SIMPLE_NAM\n01,"' + "А" * 200_000 + '"\n', "no CSV"),
        ("KOD,SIMPLE_NAM\n", "holds no codes"),
        ("KOD,SIMPLE_NAM\n01,А\0\n", "no text"),
    ],
)
def test_a_wrong_file_is_explained_and_changes_nothing(tmp_path, text, message):
    with pytest.raises(CommandError) as caught:
        load(write(tmp_path / "wrong.csv", text))

    assert message in str(caught.value)
    assert not EditionCode.objects.exists()


def test_an_archive_of_several_files_or_a_bomb_is_refused(tmp_path, monkeypatch):
    several = tmp_path / "several.zip"
    with zipfile.ZipFile(several, "w") as archive:
        archive.writestr("a.csv", SMALL)
        archive.writestr("b.csv", SMALL)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (65 * 1024 * 1024))

    with pytest.raises(CommandError, match="holds 2 files"):
        load(several)
    with pytest.raises(CommandError, match="larger than 64 MB"):
        load(bomb)


def test_a_damaged_or_encrypted_archive_is_refused(tmp_path):
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", SMALL * 50)
    content = whole.read_bytes()
    directory = content.rindex(b"PK\x01\x02")
    damaged = {
        "stream.zip": content[:60] + b"\xff" * 40 + content[100:],
        "directory.zip": content[:directory] + b"XX" + content[directory + 2 :],
    }
    for name, changed in damaged.items():
        (tmp_path / name).write_bytes(changed)
        with pytest.raises(CommandError, match="archive is damaged"):
            load(tmp_path / name)

    flagged = bytearray(content)
    flagged[directory + 8] |= 1
    (tmp_path / "encrypted.zip").write_bytes(flagged)
    with pytest.raises(CommandError, match="encrypted"):
        load(tmp_path / "encrypted.zip")


def test_the_edition_keeps_the_checksum_of_its_file(tmp_path):
    path = tmp_path / "small.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small.csv", SMALL)
    load(path)

    edition = Edition.objects.get(code="HS2012")
    assert (edition.file_name, edition.sha256) == ("small.zip", hashlib.sha256(path.read_bytes()).hexdigest())


def test_the_facts_agree_with_the_nomenclature_in_either_order():
    load_shipped()
    call_command("load_facts", stdout=StringIO(), stderr=StringIO())
    shipped = {name: (row.name_ru, row.name_en) for name, row in Commodity.objects.in_bulk(field_name="code").items()}
    headings = {row["code"]: (row["name_ru"], row["name_en"]) for row in table("headings")}
    groups = {row["code"]: (row["name_ru"], row["name_en"]) for row in table("groups")}

    call_command("load_facts", check=True, stdout=StringIO(), stderr=StringIO())
    assert shipped["HS-1107"] == headings["1107"]
    assert shipped["GRP_RU-G09"] == groups["G09"]


def test_loading_takes_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        load_shipped()
    with django_assert_max_num_queries(15):
        load_shipped()


def test_an_unknown_edition_or_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"no edition HS1999. Known: HS2007, HS2012"):
        call_command("load_nomenclature", str(write(tmp_path / "x.csv", SMALL)), edition="HS1999")
    with pytest.raises(CommandError, match="No such file"):
        load(tmp_path / "nowhere.csv")


@pytest.mark.skipif(not (SAMPLE / "tnved.csv.zip").exists(), reason="the customs dictionary is not here")
def test_the_real_dictionary_of_2016_is_loaded_whole():
    assert "28488 added" in load(SAMPLE / "tnved.csv.zip")
    assert "5 codes for hidden goods skipped" in load(SAMPLE / "tnved.csv.zip")
    assert lookup.codes().known_code("H4", "1107") is True


@pytest.mark.skipif(not (SAMPLE / "ED.csv").exists(), reason="the customs dictionary is not here")
def test_every_unit_country_and_region_of_the_customs_dictionaries_is_known(shipped):
    codes = lookup.codes()

    def column(name: str) -> list[list[str]]:
        return [line.split(",") for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines()[2:] if line]

    assert [row for row in column("ED.csv") if row[0] not in codes.units or row[-1] not in codes.units] == []
    assert [row for row in column("regions.csv") if row[0] != "NNNNN" and row[0] not in codes.regions] == []
    unknown = [row for row in column("country.csv") if row[0] not in codes.areas]
    assert unknown == []


def test_goods_of_no_chapter_have_a_name_and_unknown_codes_have_none(shipped):
    with translation.override("en"):
        found = lookup.names(["99", "9999", "999999", "98", "0000"])

    assert {found["99"], found["9999"], found["999999"]} == {"Goods not specified"}
    assert found["98"] == "Special goods of national statistics"
    assert "0000" not in found


def test_names_are_found_for_codes_of_every_level(shipped):
    with translation.override("ru"):
        found = lookup.names(["TOTAL", "G09", "XVI", "84", "1107", "_CONF", "27_CONF"])

    assert found["1107"] == "Солод"
    assert found["G09"].startswith("Машины")
    assert set(found) == {"TOTAL", "G09", "XVI", "84", "1107", "_CONF", "27_CONF"}


def members(group, month):
    """Return the members of a group in a month."""
    day = dt.date.fromisoformat(f"{month}-01")
    rows = Membership.objects.filter(group__code=group, first_month__lte=day).exclude(last_month__lt=day)
    return {row.member.code for row in rows.select_related("member")}


def test_groups_of_countries_have_the_members_of_each_month(shipped):
    assert members("EAEU", "2014-12") == set()
    assert members("EAEU", "2015-07") == {"RU", "BY", "KZ", "AM"}
    assert members("EAEU", "2015-08") == {"RU", "BY", "KZ", "AM", "KG"}
    sizes = {"1993-11": 12, "1995-01": 15, "2004-05": 25, "2007-01": 27, "2013-07": 28, "2020-01": 28, "2020-02": 27}
    assert {month: len(members("EU", month) - {"X492"}) for month in sizes} == sizes
    assert "GB" in members("EU", "2020-01")
    assert "GB" not in members("EU", "2020-02")
    assert "GE" in members("CIS", "2009-08")
    assert members("CIS", "2009-09") == {"AM", "AZ", "BY", "KG", "KZ", "MD", "RU", "TJ", "TM", "UA", "UZ"}
    assert members("BRICS", "2023-12") == {"BR", "CN", "IN", "RU", "ZA"}
    assert len(members("BRICS", "2025-01")) == 10


def test_what_is_disputed_of_a_membership_is_said(shipped):
    for member in ("UA", "TM", "MD", "GE"):
        one = Membership.objects.get(group__code="CIS", member__code=member)
        assert one.note_ru
        assert one.note_en


def test_a_membership_that_was_ended_by_hand_stays_ended(shipped):
    Membership.objects.filter(code="CIS-MD").update(last_month="2026-11-01")
    load_shipped()
    assert "MD" not in members("CIS", "2026-12")
