"""Whatever people do with examples: they go by one command, with all that hangs on them, and every fact stays."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

import agreements.examples
import projects.examples
from agreements.models import Article, Measure, Plan, ProgressNote
from parties.models import Partnership
from parties.records import Record
from projects.models import Assessment, Delivery, Project
from tests import factories as make
from trade.models import Dataset, Import, ImportProfile, Release, Undo

pytestmark = pytest.mark.django_db
LINKS = {"project", "part_of", "measures", "articles", "version", "updated_at"}
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def examples(facts):
    agreements.examples.load_examples()
    projects.examples.load_examples()


@pytest.fixture
def write(cast, api_for):
    """Return a function that writes as a secretary does and gives back what was kept."""
    client = api_for(cast.secretary)

    def send(address, body, *, seen=None, form="json", patch=False):
        method = client.patch if patch else client.post
        headers = {} if seen is None else {"If-Match": f'"{seen}"'}
        answer = method(f"/api/v1/{address}/", body, format=form, headers=headers)
        assert answer.status_code in {200, 201, 204}, (address, answer.content.decode())
        return answer.json() if answer.content else None

    return send


def kept_records():
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Record) and not model._meta.proxy and not hasattr(model, "pgh_tracked_model")
    ]


def known_facts():
    """Return every fact that is stored, without the links that may lead to examples."""
    found = {}
    for model in kept_records():
        for row in serializers.serialize("python", model._base_manager.filter(is_example=False)):
            content = {name: value for name, value in row["fields"].items() if name not in LINKS}
            found[model._meta.label, row["pk"]] = content
    return found


def remove():
    call_command("remove_examples", stdout=StringIO())
    left = {model._meta.label: model._base_manager.filter(is_example=True).count() for model in kept_records()}
    assert not any(left.values()), left


def test_all_that_hangs_on_example_projects_goes_with_them(examples, write, media, django_capture_on_commit_callbacks):
    before = known_facts()
    project = Project.objects.filter(is_example=True, deliveries__isnull=False).first()
    whole = Delivery.objects.filter(is_example=True, part_of=None).first()
    of_it = {"project": project.pk}

    write(f"projects/{project.pk}", {"title": {"ru": "Иначе"}}, seen=project.version, patch=True)
    write("assessments", {**of_it, "confidence": "at_risk", "reason": "Ждём", "dated": "01.10.2026"})
    write("participants", {**of_it, "organisation": make.make_organisation(code="NEW").pk, "side": "home"})
    write("milestones", {**of_it, "title": {"ru": "Этап"}, "planned": "2027"})
    write("budget-lines", {**of_it, "fund": "own", "currency": "RUB", "planned": "10"})
    file = SimpleUploadedFile("план.pdf", PDF, "application/pdf")
    write("project-documents", {**of_it, "title_ru": "План", "file": file}, form="multipart")
    delivery = {
        "partnership": project.partnership_id,
        "what": {"ru": "Станки"},
        "from_side": "partner",
        "precision": "=",
    }
    named = write("deliveries", {**delivery, **of_it, "period": "2026"})
    part = write("deliveries", {**delivery, "part_of": whole.pk, "from_side": whole.from_side, "period": "2026"})
    assert (named["is_example"], part["is_example"]) == (True, True)
    assert list(media.rglob("*.pdf"))

    with django_capture_on_commit_callbacks(execute=True):
        remove()

    known = known_facts()
    known.pop(next(key for key, row in known.items() if row.get("code") == "NEW"))
    assert known == before
    assert not list(media.rglob("*.pdf"))


def test_all_that_hangs_on_example_plans_goes_with_them(examples, write, media, django_capture_on_commit_callbacks):
    before = known_facts()
    plan = Plan.objects.filter(is_example=True).first()

    write(f"plans/{plan.pk}", {"title": {"ru": "Иначе"}}, seen=plan.version, patch=True)
    measure = write("measures", {"plan": plan.pk, "text": {"ru": "Дело"}, "deadline": "2027", "recurrence": "once"})
    yearly = write(
        "measures", {"plan": plan.pk, "text": {"ru": "Ежегодно"}, "deadline": str(plan.period), "recurrence": "yearly"}
    )
    here = f"measures/{measure['id']}"
    file = SimpleUploadedFile("акт.pdf", PDF, "application/pdf")
    note = {"measure": measure["id"], "dated": "01.10.2026", "text": "Начали"}
    first = write("progress-notes", {**note, "evidence": file}, form="multipart")
    second = write("progress-notes", {**note, "corrects": first["id"]})
    write("progress-notes", {**note, "corrects": second["id"]})
    decided = {"reason": "Ждём", "decided_on": "01.10.2026", "agreed_by": "стороны"}
    write(f"{here}/postpone", {"moved_to": "2028", **decided}, seen=version_of(measure))
    write(f"{here}/override", {"status": "at_risk", "reason": "Да", "dated": "01.10.2026"}, seen=version_of(measure))
    write(f"{here}/done", {"done_on": "01.10.2026"}, seen=version_of(measure))
    indicator = write(
        "measure-indicators", {"measure": measure["id"], "name": {"ru": "Встречи"}, "unit": {"ru": "раз"}}
    )
    write("indicator-values", {"indicator": indicator["id"], "year": 2026, "target": "3"})
    item = Measure.objects.get(pk=yearly["id"]).yearly_items.first()
    write(f"yearly-items/{item.pk}", {"note": "Сделано"}, seen=item.version, patch=True)

    with django_capture_on_commit_callbacks(execute=True):
        remove()

    assert known_facts() == before
    assert not list(media.rglob("*.pdf"))


def version_of(measure):
    return Measure.objects.get(pk=measure["id"]).version


def test_facts_that_name_examples_stay_and_name_them_no_more(examples, write):
    example = Project.objects.filter(is_example=True).first()
    article = Article.objects.filter(is_example=True).first()
    project = Project.objects.filter(is_example=False).first()
    measures = Measure.objects.filter(is_example=True, plan__agreement__partnership=project.partnership)[:2]
    write(f"projects/{project.pk}", {"measures": [row.pk for row in measures]}, seen=project.version, patch=True)
    amendment = write(
        "amendments",
        {
            "agreement": article.agreement_id,
            "number": "7",
            "signed": "2026",
            "subject": {"ru": "Изменения"},
            "articles": [article.pk],
        },
    )
    outcome = make.make_outcome(project=example)
    delivery = make.make_delivery(project=example)  # as an earlier program let it happen
    before = known_facts()

    remove()

    assert known_facts() == before
    for row in (outcome, delivery):
        row.refresh_from_db()
        assert row.project is None
    assert not project.measures.exists()
    assert not apps.get_model("agreements", "Amendment").objects.get(pk=amendment["id"]).articles.exists()


def test_what_an_earlier_program_left_unlabelled_on_an_example_goes_too(examples):
    project = Project.objects.filter(is_example=True).first()
    measure = Measure.objects.filter(is_example=True).first()
    make.make_assessment(project=project)
    make.make_progress_note(measure=measure)

    remove()

    assert not Assessment.objects.filter(project=project.pk).exists()
    assert not ProgressNote.objects.filter(measure=measure.pk).exists()


def test_no_fact_is_hung_on_an_example(examples, cast, api_for):
    example = Project.objects.filter(is_example=True).first()
    whole = Delivery.objects.filter(is_example=True, part_of=None).first()
    delivery = make.make_delivery(partnership=Partnership.objects.get(), from_side=whole.from_side)
    client = api_for(cast.secretary)

    for field, row in (("project", example), ("part_of", whole)):
        answer = client.patch(
            f"/api/v1/deliveries/{delivery.pk}/", {field: row.pk}, headers={"If-Match": f'"{delivery.version}"'}
        )
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, field)


def test_all_that_hangs_on_an_example_dataset_goes_with_it(facts, cast, django_capture_on_commit_callbacks):
    names = {"name_ru": "Пример", "name_en": "Example"}
    dataset = Dataset.objects.create(code="EXAMPLE", is_example=True, **names)
    load = {"reporters": ["RU-TOM"], "flows": ["X"], "loaded_by": cast.statistician}
    month = dt.date(2026, 1, 1)
    first, second = _two_releases(dataset, month, load)
    ImportProfile.objects.create(dataset=dataset, name="Своя", signature="s", mapping={})
    job = Import.objects.create(
        dataset=dataset, file=SimpleUploadedFile("f.csv", b"x"), file_name="f.csv", size=1, sha256="0", release=first
    )
    Undo.objects.create(release=first)
    assert second.undoes == first
    path = Path(job.file.path)
    before = known_facts()

    with django_capture_on_commit_callbacks(execute=True):
        remove()

    assert not Dataset.objects.filter(pk=dataset.pk).exists()
    assert not path.exists()
    assert {key: row for key, row in before.items() if not key[0].startswith("trade.ImportProfile")} == known_facts()


def _two_releases(dataset, month, load):
    given = {"dataset": dataset, "first_month": month, "last_month": month, "loaded_at": timezone.now(), **load}
    first = Release.objects.create(pk=90_001, is_example=True, **given)
    return first, Release.objects.create(pk=90_002, kind="undo", undoes=first, is_example=True, **given)
