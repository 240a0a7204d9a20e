"""Writes about agreements and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from agreements.models import Act, Agreement, AgreementFile, Amendment, Article, Party
from parties.models import Partnership, User
from parties.sides import settled_side
from parties.writing import check_seen, keep_seen, remove_seen

Part = TypeVar("Part", Party, Act, Article)


@transaction.atomic
def keep_agreement(*, by: User, agreement: Agreement, seen: int | None = None) -> Agreement:
    """Keep a new agreement, or a changed one that the writer saw at version `seen`.

    Its parent must belong to the same partnership and must not lie beneath it; its dates must be possible.
    """
    if agreement.parent is not None:
        _check_parent(agreement, agreement.parent)
    _check_term(agreement)
    return keep_seen(agreement, seen=seen)


def _check_parent(agreement: Agreement, parent: Agreement) -> None:
    if parent.partnership_id != agreement.partnership_id:
        raise ValidationError({"parent": _("It belongs to another partnership.")})
    # Two writers who hang two agreements under each other wait here for one another.
    Partnership.objects.select_for_update(no_key=True).get(pk=agreement.partnership_id)
    if agreement.pk is None:
        return
    above = dict(Agreement.objects.filter(partnership=agreement.partnership_id).values_list("pk", "parent"))
    way = [agreement.pk, parent.pk]
    while way[-1] != agreement.pk and (further := above.get(way[-1])):
        way.append(further)
    if way[-1] == agreement.pk:
        titles = {row.pk: str(row) for row in Agreement.objects.filter(pk__in=way)}
        text = _("This would be a circle: %(way)s.")
        raise ValidationError(
            {"parent": ValidationError(text, code="circle", params={"way": " → ".join(titles[pk] for pk in way)})}
        )


def _check_term(agreement: Agreement) -> None:
    concluded = agreement.concluded
    errors: dict[str, ValidationError] = {}
    if agreement.prolongation_months and not agreement.prolongs:
        text = _("Further terms need an agreement that prolongs itself.")
        errors["prolongation_months"] = ValidationError(text)
    if agreement.unlimited and (agreement.expires_on or agreement.prolongs):
        text = _("What holds without an end has no last day and does not prolong itself.")
        errors["unlimited"] = ValidationError(text)
    if agreement.notice_days is not None and agreement.notice_months is not None:
        errors["notice_days"] = ValidationError(_("Write the notice period in months or in days, not in both."))
    if concluded and agreement.expires_on and agreement.expires_on < concluded.starts:
        errors["expires_on"] = ValidationError(_("The last day lies before the day of signature."))
    acts = Act.objects.filter(agreement=agreement) if agreement.pk else Act.objects.none()
    if concluded and acts.filter(dated__endswith__lte=concluded.starts).exists():
        text = _("It was in force before that, as its acts say. Correct their dates first.")
        errors["concluded"] = ValidationError(text)
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def keep_part(*, by: User, part: Part, seen: int | None = None) -> Part:
    """Keep a new party, act or article of an agreement, or a changed one."""
    if isinstance(part, Party):
        _check_party(part)
    elif isinstance(part, Act):
        _check_after_conclusion(part.agreement, "dated", part.dated)
    else:
        _check_number(part)
    return keep_seen(part, seen=seen)


def _check_party(party: Party) -> None:
    party.side = settled_side(party.organisation, party.side)
    others = Party.objects.filter(agreement=party.agreement, organisation=party.organisation).exclude(pk=party.pk)
    if others.exists():
        raise ValidationError({"organisation": _("This organisation is a party to the agreement already.")})
    if party.signatory is None and (party.post_ru or party.post_en):
        raise ValidationError({"signatory": _("Choose who held the post.")})


def _check_number(row: Article | Amendment) -> None:
    others = type(row).objects.filter(agreement=row.agreement, number=row.number).exclude(pk=row.pk)
    if others.exists():
        text = _("The agreement has number %(number)s already.")
        raise ValidationError({"number": ValidationError(text, code="unique", params={"number": row.number})})


def _check_after_conclusion(agreement: Agreement, field: str, dated: object) -> None:
    concluded, ends = agreement.concluded, getattr(dated, "ends", None)
    if concluded and ends and ends < concluded.starts:
        raise ValidationError({field: _("The agreement was signed after that.")})


@transaction.atomic
def keep_amendment(
    *, by: User, amendment: Amendment, articles: Iterable[Article], seen: int | None = None
) -> Amendment:
    """Keep a new amendment, or a changed one, with the articles that it changes; they must be of its agreement."""
    chosen = {article.pk: article for article in articles}
    for article in chosen.values():
        if article.agreement_id != amendment.agreement_id:
            raise ValidationError({"articles": _("It belongs to another agreement.")})
    _check_number(amendment)
    _check_after_conclusion(amendment.agreement, "signed", amendment.signed)
    if amendment.effective and amendment.effective.ends < amendment.signed.starts:
        raise ValidationError({"effective": _("It cannot be in force before it was signed.")})
    kept = keep_seen(amendment, seen=seen)
    if set(chosen) != set(kept.articles.values_list("pk", flat=True)):
        kept.articles.set(chosen)
        # The links belong to the version of the amendment: whoever opened the old one must see their change.
        Amendment.objects.filter(pk=kept.pk).update(version=F("version") + 1)
        kept.refresh_from_db(fields=["version", "updated_at"])
    return kept


@transaction.atomic
def remove_part(*, by: User, part: Party | Act | Article | Amendment, seen: int | None) -> Agreement:
    """Take a part out of its agreement; the history keeps it. What others rest on stays."""
    check_seen(part, seen)
    if isinstance(part, Article) and (part.measures.exists() or part.amendments.exists()):
        raise ValidationError(_("Measures or amendments name this article. Take it out of them first."))
    if isinstance(part, Amendment) and part.files.exists():
        raise ValidationError(_("Files of this amendment are kept, so it stays."))
    agreement = part.agreement
    part.delete()
    return agreement


@transaction.atomic
def remove_agreement(*, by: User, agreement: Agreement, seen: int | None) -> Partnership:
    """Remove an agreement that was entered by mistake, with its parties, acts, articles and amendments.

    Refused where files, plans, further agreements, projects or outcomes of meetings rest on it; the history keeps it.
    """
    if agreement.files.exists():
        raise ValidationError(_("Files of this agreement are kept, so it stays."))
    remove_seen(agreement, seen=seen)
    return agreement.partnership


@transaction.atomic
def add_file(*, by: User, file: AgreementFile) -> AgreementFile:
    """Keep a file of an agreement as the next edition of its kind and language. The former editions stay."""
    if file.amendment is not None and file.amendment.agreement_id != file.agreement_id:
        raise ValidationError({"amendment": _("It belongs to another agreement.")})
    Agreement.objects.select_for_update(no_key=True).get(pk=file.agreement_id)  # one edition after the other
    editions = AgreementFile.objects.filter(
        agreement=file.agreement, amendment=file.amendment, kind=file.kind, language=file.language
    )
    newest = editions.order_by("-edition").first()
    if newest is not None and newest.sha256 == file.sha256:
        text = _("This file is kept already, as edition %(edition)d.")
        raise ValidationError({"file": ValidationError(text, code="known", params={"edition": newest.edition})})
    file.edition = newest.edition + 1 if newest else 1
    file.author = by
    file.save()
    return file
