"""Every list of the pages can be had as CSV and as XLSX, with the filters of the page."""

from __future__ import annotations

import csv
import datetime as dt
import re
from io import BytesIO, StringIO

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from python_calamine import CalamineWorkbook

from parties.models import Partnership
from tests import factories as make
from tests.counting import queries
from trade.models import Dataset, Import, Release

# Pages with a fixed address that show no list of records, and why.
NO_LISTS = {
    "/": "the overview leads to the lists",
    "/accessibility/": "a statement",
    "/data/": "the way to the files of trade",
    "/trade/": "the explorer offers its own files",
    "/trade/lines/": "the lines behind a number, offered by the explorer as files",
    "/trade/comparison/": "a comparison, offered by the explorer as files",
    "/tokens/": "one's own tokens",
    "/views/": "one's own saved views",
}
# What a list is asked for in this test, where it can be asked for something.
FILTERS = {
    "/agreements/": "status=in_force",
    "/deliveries/": "year=2024",
    "/measures/": "status=done",
    "/meetings/": "year=2024",
    "/projects/": "stage=idea",
    "/search/": "q=соглашение&year=2024",
    "/trade/releases/": "as_of=2024-01-01",
}
FILE = re.compile(r'href="([^"]+\.(csv|xlsx)[^"]*)"')


def pages(resolver: URLResolver | None = None, prefix: str = "/"):
    """Yield the fixed addresses of pages that can be read."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith(("api/", "sdmx/", "admin/", "language/")):
                yield from pages(pattern, route)
        elif isinstance(pattern, URLPattern) and "<" not in route and route.endswith("/"):
            yield route


LISTS = sorted(
    path
    for path in set(pages())
    if path not in NO_LISTS and not path.startswith(("/accounts/", "/admin/", "/api/", "/choices/", "/gallery/"))
    if not path.endswith("/new/")
)


def files(client, path: str) -> dict[str, str]:
    """Return the addresses of the list of a page as files by their ending; the first of each."""
    page = client.get(path)
    assert page.status_code == 200, path
    found: dict[str, str] = {}
    for address, form in FILE.findall(page.content.decode()):
        found.setdefault(form, address.replace("&amp;", "&"))
    return found


@pytest.fixture
def reader(cast, client_for, facts):
    return client_for(cast.administrator)


@pytest.fixture
def many_rows(reader) -> None:
    """Rows in each list."""
    add_rows("A")


@pytest.fixture
def more_rows(many_rows) -> None:
    """As many rows again in each list."""
    add_rows("B")


def add_rows(name: str) -> None:
    """Add three rows to each list."""
    partnership = Partnership.objects.get(code="tomsk-belarus")
    plan = make.make_plan(agreement=make.make_agreement(partnership=partnership))
    project = make.make_project(partnership=partnership)
    meeting = make.make_meeting(partnership=partnership)
    years = {"A": 2010, "B": 2016}[name]
    dataset = Dataset.objects.create(code=f"SAMPLE-{name}", name_ru="Выборка", name_en="Sample", is_example=True)
    for number in range(3):
        measure = make.make_measure(plan=plan, number=f"{number + 1}")
        make.make_executor(measure=measure, organisation=make.make_organisation())
        make.make_agreement(partnership=partnership)
        make.make_article(agreement=plan.agreement)
        make.make_milestone(project=project)
        make.make_delivery(project=make.make_project(partnership=partnership))
        make.make_meeting(partnership=partnership)
        make.make_instruction(meeting=meeting, assignee=make.make_organisation(), project=project)
        make.make_source(f"S-{name}-{number}")
        make.make_fact(f"X{name}{number}")
        make.make_figure(partnership=partnership)
        make.make_version(report=make.make_report(partnership=partnership, year=years + number))
        make.make_run(report=make.make_report(partnership=partnership, year=years + number))
        release = Release.objects.create(
            dataset=dataset,
            reporters=["RU"],
            flows=["X"],
            first_month=dt.date(2023, 1, 1),
            last_month=dt.date(2023, 12, 1),
            loaded_at=dt.datetime(2024 - number, 2, 1, tzinfo=dt.UTC),
        )
        Import.objects.create(
            dataset=dataset,
            file_name=f"{number}.csv",
            size=1,
            sha256=f"{name}{number}",
            state="published",
            release=release,
        )


@pytest.fixture
def every_list(reader, many_rows):
    """A reader of lists none of which is empty."""
    return reader


@pytest.mark.parametrize("path", LISTS)
def test_each_list_is_offered_as_csv_and_xlsx(every_list, path):
    found = files(every_list, f"{path}?q=2024" if path == "/search/" else path)

    assert set(found) == {"csv", "xlsx"}, f"{path}: add files_of(…) and {{% list_files … %}}, or name it in NO_LISTS"
    table = rows_of_csv(every_list.get(found["csv"]))
    sheet = CalamineWorkbook.from_filelike(BytesIO(every_list.get(found["xlsx"]).content))
    assert sheet.get_sheet_by_index(0).to_python()[0] == table[0]
    assert len(sheet.get_sheet_by_index(0).to_python()) == len(table) > 1
    assert path in str(sheet.get_sheet_by_index(1).to_python())


def rows_of_csv(answer) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(("path", "query"), FILTERS.items())
def test_the_files_of_a_filtered_page_keep_its_filters(every_list, path, query):
    unfiltered = files(every_list, f"{path}?q=соглашение" if path == "/search/" else path)
    whole = len(rows_of_csv(every_list.get(unfiltered["csv"])))
    found = files(every_list, f"{path}?{query}")

    name = query.rpartition("&")[2]
    assert all(name in address for address in found.values()), found
    assert len(rows_of_csv(every_list.get(found["csv"]))) < whole


@pytest.mark.parametrize("path", LISTS)
def test_a_file_refuses_a_parameter_that_the_list_does_not_know(every_list, path):
    for address in files(every_list, f"{path}?q=2024" if path == "/search/" else path).values():
        separator = "&" if "?" in address else "?"

        assert every_list.get(f"{address}{separator}wrong=1").status_code == 400


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/search/"])
def test_a_file_takes_no_more_queries_for_more_rows(reader, path, request):
    request.getfixturevalue("many_rows")
    address = files(reader, path)["csv"]
    few = queries(reader, address)
    request.getfixturevalue("more_rows")

    assert queries(reader, address) <= few
