"""Loading the shipped facts, and comparing the database with them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pghistory
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agreements.models import Agreement, Party
from cooperation.facts.comparing import history
from cooperation.facts.nouns import flat
from cooperation.facts.reading import DATA, FactsError, read_facts
from documents.models import Source
from parties.models import Organisation
from parties.periods import Period
from projects.models import Project
from trade.models import PublishedFigure

Edit = Callable[[str, str, str], Path]


def load(**options: object) -> tuple[str, str]:
    """Run the command; return what it printed, and what it warned of."""
    out, err = StringIO(), StringIO()
    call_command("load_facts", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def checksums(printed: str) -> list[str]:
    return re.findall("[0-9a-f]{64}", printed)


def everything() -> dict[str, tuple[list[dict[str, object]], int]]:
    """Return all loaded rows with versions and times, and the number of their audit events."""
    return {
        noun.key: (list(noun.model._default_manager.order_by("pk").values()), history(noun.model).count())
        for noun in flat()
    }


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Return a function that replaces a text in a copy of the files and returns their folder."""

    def replace(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "data"
        if not folder.exists():
            shutil.copytree(DATA, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return replace


def change_by_a_person() -> None:
    with pghistory.context(user=1):  # a test is one transaction, in which the context of the load would go on
        Project.objects.filter(code="P9").update(title_en="Dairy")


def change_by_sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
class TestLoad:
    def test_every_row_of_the_files_is_in_the_database(self):
        load()
        rows = read_facts()
        for noun in flat():
            codes = {row.code for row in rows if row.noun is noun}
            found = set(noun.model._default_manager.values_list("code", flat=True))
            assert found >= codes if noun.key == "commodities" else found == codes  # the nomenclature has more

    def test_references_periods_and_citations_are_those_of_the_files(self):
        load()
        party = Party.objects.select_related("agreement", "organisation").get(code="A2-party-partner")
        assert party.agreement.code == "A2"
        assert party.organisation.name_ru == "Гродненский областной исполнительный комитет"
        assert party.source_codes == ["S0"]
        assert PublishedFigure.objects.get(code="T2-growth").period == Period.parse("2023-S1")

    def test_a_second_load_changes_nothing(self):
        load()
        before = everything()
        printed, __ = load()
        assert everything() == before
        assert "0 added, 0 changed" in printed
        assert not re.search(r"[1-9]\d* (added|changed|kept)", printed)

    def test_the_history_names_the_job(self):
        load()
        assert {event.pgh_context["job"] for event in history(Agreement)} == {"load_facts"}

    def test_a_row_that_a_new_edition_of_the_files_states_otherwise_is_updated_alone(self, edit):
        load()
        versions = dict(Organisation.objects.values_list("code", "version"))
        printed, __ = load(data=edit("organisations.yaml", "en: Planar}", "en: Planar JSC}"))
        assert "organisations: 26 rows, 0 added, 1 changed" in printed
        assert Organisation.objects.get(code="planar").name_en == "Planar JSC"
        assert dict(Organisation.objects.values_list("code", "version")) == versions | {"planar": 2}

    def test_a_row_changed_by_people_is_kept_and_named(self):
        load()
        change_by_a_person()
        printed, warned = load()
        assert "1 kept as changed by people" in printed
        assert "projects.yaml: P9: title_en" in warned
        assert Project.objects.get(code="P9").title_en == "Dairy"

    def test_restore_puts_back_what_people_changed(self):
        load()
        change_by_a_person()
        load(restore=True)
        assert Project.objects.get(code="P9").title_en == "Dairy and grain-drying complexes"
        load(check=True)

    def test_a_row_gone_from_the_files_stays_and_is_named(self, edit):
        load()
        folder = edit("deliveries.yaml", "- code: T10\n", "- code: T10-new\n")
        __, warned = load(data=folder)
        assert "deliveries: T10: no longer in the files" in warned
        with pytest.raises(CommandError):
            load(check=True, data=folder)

    def test_a_row_that_people_entered_is_no_difference(self):
        load()
        with pghistory.context(user=1):
            Source.objects.create(
                code="S5", title_ru="Справка", publisher_ru="Администрация", published="2025", language="ru"
            )
            Organisation.objects.create(kind="company", name_ru="Завод", name_en="Works")
        __, warned = load(check=True)
        assert not warned

    def test_what_the_database_refuses_is_named_and_nothing_is_loaded(self, edit):
        with pytest.raises(CommandError, match=r"figures\.yaml: T5-machinery-share"):
            load(data=edit("figures.yaml", "value: 50\n", "value: 150\n"))
        assert not Source.objects.exists()


@pytest.mark.django_db
class TestCheck:
    def test_passes_after_a_load_and_prints_one_checksum_for_files_and_database(self):
        load()
        printed, warned = load(check=True)
        files, database = checksums(printed)
        assert files == database
        assert not warned

    def test_names_row_and_field_after_a_change_by_sql(self):
        load()
        change_by_sql("UPDATE trade_publishedfigure SET value = 24 WHERE code = 'T1-value'")
        err = StringIO()
        with pytest.raises(CommandError) as error:
            call_command("load_facts", check=True, stdout=StringIO(), stderr=err)
        assert error.value.returncode == 1
        assert "figures.yaml: T1-value: value: the file has '23', the database '24'" in err.getvalue()

    def test_names_a_row_that_is_not_there(self):
        load()
        change_by_sql("DELETE FROM projects_milestone WHERE code = 'P4-renewal'")
        err = StringIO()
        with pytest.raises(CommandError):
            call_command("load_facts", check=True, stdout=StringIO(), stderr=err)
        assert "projects.yaml: P4-renewal: not in the database" in err.getvalue()

    def test_sees_a_reference_to_a_row_entered_by_hand(self):
        load()
        other = Organisation.objects.create(kind="company", name_ru="Завод", name_en="Works")
        change_by_sql(f"UPDATE projects_delivery SET supplier_id = {other.pk} WHERE code = 'T9'")
        with pytest.raises(CommandError):
            load(check=True)

    def test_writes_nothing(self):
        with pytest.raises(CommandError):
            load(check=True)
        assert not Source.objects.exists()

    def test_the_checksum_depends_neither_on_ids_nor_on_versions(self):
        load()
        first = checksums(load(check=True)[0])
        with pghistory.context(job="load_facts"):
            change_by_sql("DELETE FROM projects_participant")
            Project.objects.filter(code="P9").update(title_en="Dairy")
        load()
        assert Project.objects.get(code="P9").version == 3
        assert checksums(load(check=True)[0]) == first


class TestMistakesInTheFiles:
    @pytest.mark.parametrize(
        ("file", "old", "new", "problem"),
        [
            ("areas.yaml", "order: 10", "ordr: 10", "areas.yaml: industry: ordr: unknown key"),
            ("areas.yaml", "order: 10", "order: ten", "areas.yaml: industry: order: "),
            (
                "agreements.yaml",
                "organisation: belgiss",
                "organisation: belgis",
                "A5-party-partner: organisation: unknown",
            ),
            ("agreements.yaml", 'concluded: "2016"', "concluded: in 2016", "agreements.yaml: A1: concluded: "),
            ("agreements.yaml", "level: state", "level: county", "agreements.yaml: A1: level: "),
            ("agreements.yaml", "  level: state\n", "", "agreements.yaml: A1: level: "),
            (
                "agreements.yaml",
                "sources: [S0]",
                "sources: [S9]",
                "agreements.yaml: A1: sources: unknown reference 'S9'",
            ),
            (
                "agreements.yaml",
                "facts: [A1, A3]",
                "facts: [A99]",
                "agreements.yaml: A1: facts: unknown reference 'A99'",
            ),
            ("targets.yaml", "  base: T1-value\n", "", "targets.yaml: T8: base: missing"),
            ("territories.yaml", ", en: Tomsk Oblast}", "}", "territories.yaml: RU-TOM: name: "),
            ("territories.yaml", "- code: BY\n", "- code: RU\n", "territories.yaml: RU: code: given twice"),
            ("territories.yaml", "- code: BY\n  kind", "- kind", "territories.yaml: territories: code: missing"),
            ("territories.yaml", "kind: country", "kind: country\n  kind: region", "territories.yaml: cannot be read"),
            ("stated_counts.yaml", "facts: [A4]", "facts: []", "facts.yaml: A4: no record holds this fact"),
        ],
    )
    def test_are_named_by_file_code_and_field(self, edit, file, old, new, problem):
        with pytest.raises(FactsError) as error:
            read_facts(edit(file, old, new))
        assert any(problem in each for each in error.value.problems), error.value.problems

    def test_are_named_all_at_once(self, edit):
        edit("areas.yaml", "order: 10", "ordr: 10")
        with pytest.raises(FactsError) as error:
            read_facts(edit("targets.yaml", "low_factor: 2", "low_factor: two"))
        assert len(error.value.problems) == 2

    def test_a_missing_file_is_named(self, edit):
        folder = edit("areas.yaml", "order: 10", "order: 11")
        (folder / "targets.yaml").unlink()
        with pytest.raises(FactsError, match=r"targets\.yaml: cannot be read"):
            read_facts(folder)
