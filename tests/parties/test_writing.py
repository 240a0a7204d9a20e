"""Writing: nobody's text is lost, and what is sent twice is kept once."""

from __future__ import annotations

from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.utils import timezone

from agreements.models import Article
from parties.models import Submission
from parties.writing import EntryForm, save_seen
from tests import factories as make


class ArticleEntry(EntryForm):
    """Stands for the forms of the product."""

    class Meta:
        model = Article
        fields = ["number", "text_ru", "text_en", "area"]

    def operate(self):
        if self.cleaned_data["text_ru"] == "нельзя":
            raise ValidationError({"text_ru": ValidationError("Not this.", code="refused"), "other": "Nor that."})
        if self.instance.pk:
            return save_seen(self.instance, seen=self.cleaned_data["seen"])
        self.instance.save()
        return self.instance


def typed(**given):
    return {
        "number": "1",
        "text_ru": "Сотрудничать",
        "text_en": "The sides cooperate.",
        "area": "",
        "entry_key": "key-1",
        **given,
    }


@pytest.fixture
def secretary(cast):
    return cast.secretary


@pytest.fixture
def article(db):
    return make.make_article(number="1", text_ru="Сотрудничать")


def blank():
    return Article(agreement=make.make_agreement())


@pytest.mark.django_db
def test_a_new_record_is_kept(secretary):
    kept = ArticleEntry(typed(), instance=blank(), by=secretary).keep()

    assert Article.objects.get(pk=kept.pk).text_ru == "Сотрудничать"


@pytest.mark.django_db
def test_the_same_entry_sent_twice_is_kept_once(secretary):
    first = ArticleEntry(typed(), instance=blank(), by=secretary).keep()
    second = ArticleEntry(typed(), instance=blank(), by=secretary).keep()

    assert first.pk == second.pk
    assert Article.objects.count() == 1


@pytest.mark.django_db
def test_another_text_under_the_same_key_is_refused_and_nothing_changes(secretary):
    ArticleEntry(typed(), instance=blank(), by=secretary).keep()
    form = ArticleEntry(typed(text_ru="Иное"), instance=blank(), by=secretary)

    assert form.keep() is None
    assert form.errors.as_data()["__all__"][0].code == "key_used"
    assert [row.text_ru for row in Article.objects.all()] == ["Сотрудничать"]


@pytest.mark.django_db
def test_the_same_key_of_another_person_is_another_key(cast):
    for person in (cast.secretary, cast.administrator):
        ArticleEntry(typed(), instance=blank(), by=person).keep()

    assert Article.objects.count() == 2


@pytest.mark.django_db
def test_keys_are_forgotten_after_a_day(secretary):
    ArticleEntry(typed(), instance=blank(), by=secretary).keep()
    Submission.objects.update(created_at=timezone.now() - 2 * Submission.KEPT_FOR)

    ArticleEntry(typed(), instance=blank(), by=secretary).keep()

    assert Article.objects.count() == 2


@pytest.mark.django_db
def test_a_refused_entry_leaves_its_key_free(secretary):
    assert ArticleEntry(typed(text_ru="нельзя"), instance=blank(), by=secretary).keep() is None

    assert ArticleEntry(typed(), instance=blank(), by=secretary).keep() is not None


@pytest.mark.django_db
def test_an_operation_refuses_at_the_fields_that_it_names(secretary):
    form = ArticleEntry(typed(text_ru="нельзя"), instance=blank(), by=secretary)

    assert form.keep() is None
    assert form.errors == {"text_ru": ["Not this."], "__all__": ["Nor that."]}
    assert form.status == 422


@pytest.mark.django_db
def test_a_twin_that_only_the_database_sees_is_refused_at_its_field(secretary):
    agreement = make.make_agreement()
    ArticleEntry(typed(), instance=Article(agreement=agreement), by=secretary).keep()
    form = ArticleEntry(typed(entry_key="key-2"), instance=Article(agreement=agreement), by=secretary)

    assert form.keep() is None
    assert form.errors.as_data()["number"][0].code == "unique"
    assert form.status == 422
    assert Article.objects.count() == 1


def test_a_stale_change_shows_both_texts_and_the_next_save_replaces(secretary, article):
    opened = article.version
    Article.objects.filter(pk=article.pk).update(text_ru="Чужое")

    form = ArticleEntry(typed(text_ru="Моё", seen=opened), instance=Article.objects.get(pk=article.pk), by=secretary)
    assert form.keep() is None
    assert [(row.typed, row.stored) for row in form.conflict] == [("Моё", "Чужое")]
    assert form.status == 409
    article.refresh_from_db()
    assert article.text_ru == "Чужое"

    again = ArticleEntry(dict(form.data), instance=article, by=secretary)
    assert again.keep().text_ru == "Моё"


def test_a_record_that_somebody_removed_meanwhile_is_not_found(secretary, article):
    form = ArticleEntry(typed(seen=article.version), instance=Article.objects.get(pk=article.pk), by=secretary)
    article.delete()

    with pytest.raises(Http404):
        form.keep()


def test_a_change_that_states_no_version_is_refused(secretary, article):
    form = ArticleEntry(typed(), instance=article, by=secretary)

    assert form.keep() is None
    assert "seen" in form.errors


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_the_same_moment_keep_one_record(secretary):
    agreement = make.make_agreement()
    kept = []

    def send():
        try:
            kept.append(ArticleEntry(typed(), instance=Article(agreement=agreement), by=secretary).keep())
        finally:
            connection.close()

    threads = [Thread(target=send) for __ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({record.pk for record in kept}) == 1
    assert Article.objects.count() == 1
