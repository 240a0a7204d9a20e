"""The shipped nomenclature is whole; editions are loaded from files; every usual spelling of a code is understood."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from trade.models import Commodity, Edition, EditionCode, Grouping, TradeArea
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
    groups = lookup.chapter_groups()

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
     ("NNN", "NNN"), ("AB", "AB"), ("EU", "EU"), ("RU-TOM", "RU-TOM"), ("699", "IN"), ("490", "S19")],
)  # fmt: skip
def test_a_territory_is_known_by_every_usual_code(shipped, spelling, code):
    assert lookup.codes().areas[spelling] == code


def test_a_region_is_known_by_okato_and_not_by_another_number(shipped):
    codes = lookup.codes()

    assert codes.regions["69000"] == "RU-TOM"
    assert codes.regions["70000"] == "RU-TUL"
    assert codes.regions["04130"] == "RU-OKATO-04130"
    assert len(codes.regions) >= 90


@pytest.mark.parametrize(
    ("spelling", "code"), [("796", "796"), ("ШТ", "796"), ("Л 100% СПИРТА", "831"), ("1000 М3", "114"), ("6", "006")]
)  # fmt: skip
def test_a_unit_is_known_by_number_and_short_name(shipped, spelling, code):
    assert lookup.codes().units[spelling] == code


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
    assert lookup.name_of("0101210000") == "ПЛЕМЕННЫЕ"


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


def test_names_are_found_for_codes_of_every_level(shipped):
    with translation.override("ru"):
        found = lookup.names(["TOTAL", "G09", "XVI", "84", "1107", "_CONF", "27_CONF"])

    assert found["1107"] == "Солод"
    assert found["G09"].startswith("Машины")
    assert set(found) == {"TOTAL", "G09", "XVI", "84", "1107", "_CONF", "27_CONF"}
