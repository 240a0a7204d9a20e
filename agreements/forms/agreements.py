"""Forms of agreements and what belongs to them, for pages and the API."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.models import Act, Agreement, AgreementFile, Amendment, Article, Party
from agreements.operations import agreements as operations
from documents.forms import SourcedForm
from documents.models import Source
from documents.uploads import TYPES, check_upload
from parties.filtering import DayField
from parties.forms import choices_of
from parties.models import Person
from parties.naming import localised
from parties.writing import EntryForm, removal_of

_AS_KNOWN = _("As exactly as it is known: 15.08.2026, August 2026, 2026-Q3, 2026-S1 or 2026.")
_LINES = forms.Textarea(attrs={"rows": 4})


class RuledForm(SourcedForm):
    """A form whose operation checks the rules between fields: it names the field at fault, a constraint does not.

    `ruled` names a field of each such constraint; nothing but the form itself checks these fields.
    """

    ruled: ClassVar[set[str]] = set()

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | self.ruled  # type: ignore[misc]


class AgreementForm(RuledForm):
    """What an agreement is, and how long it holds."""

    ruled: ClassVar[set[str]] = {"prolongs", "notice_days", "unlimited"}
    languages = forms.MultipleChoiceField(
        label=_("Languages of the text"),
        choices=Source.Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = DayField(
        label=_("Last day of the first term"),
        required=False,
        help_text=_("For example 31.12.2026. Leave it out where the agreement has no end or it is not known."),
    )

    notice_days = forms.IntegerField(
        label=_("Notice period in days"),
        required=False,
        min_value=0,
        max_value=3660,
        help_text=_("Instead of months, where the agreement counts days."),
    )

    class Meta:
        model = Agreement
        fields: ClassVar[list[str]] = [
            "title_ru", "title_en", "level", "form", "number", "area", "subject_ru", "subject_en", "concluded",
            "place_ru", "place_en", "languages", "expires_on", "unlimited", "prolongs", "prolongation_months",
            "notice_months", "notice_days", "responsible", "parent", "plan_stated",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"subject_ru": _LINES, "subject_en": _LINES}
        help_texts: ClassVar[dict[str, Any]] = {
            "concluded": _AS_KNOWN,
            "prolongation_months": _("For example 60 for five years. Leave it out where it goes on without an end."),
            "notice_months": _("How long before the end of a term a side must say that it will not prolong it."),
            "parent": _("The agreement under which this one stands."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        if self.instance.expires_on:
            self.initial["expires_on"] = f"{self.instance.expires_on:%d.%m.%Y}"
        if self.instance.partnership_id:
            others = Agreement.objects.filter(partnership=self.instance.partnership_id).exclude(pk=self.instance.pk)
            choices_of(self, "parent", others.order_by("level", localised("title")))

    def operate(self) -> Agreement:
        return operations.keep_agreement(by=self.by, agreement=self.cited(), seen=self.seen_version)


class NewAgreementForm(AgreementForm):
    """A new agreement of any partnership."""

    class Meta(AgreementForm.Meta):
        fields: ClassVar[list[str]] = ["partnership", *AgreementForm.Meta.fields]


class PartForm(RuledForm):
    """Base of the forms of what belongs to an agreement."""

    def operate(self) -> Any:
        return operations.keep_part(by=self.by, part=self.cited(), seen=self.seen_version)


class PartyForm(PartForm):
    """An organisation that concluded the agreement, and who signed for it."""

    ruled: ClassVar[set[str]] = {"organisation"}

    class Meta:
        model = Party
        fields: ClassVar[list[str]] = ["organisation", "side", "signatory", "post_ru", "post_en", "signed"]
        help_texts: ClassVar[dict[str, Any]] = {
            "post_ru": _("As the agreement itself has it."),
            "signed": _("Only where this party signed on another day than the agreement is dated."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        choices_of(self, "signatory", Person.objects.order_by(localised("name")))
        self.fields["side"].required = False
        self.fields["side"].help_text = _("Needed only for an organisation that belongs to neither side.")


class NewPartyForm(PartyForm):
    """A party to any agreement."""

    class Meta(PartyForm.Meta):
        fields: ClassVar[list[str]] = ["agreement", *PartyForm.Meta.fields]


class ActForm(PartForm):
    """Something that changed, or confirmed, whether the agreement is in force."""

    class Meta:
        model = Act
        fields: ClassVar[list[str]] = ["kind", "dated"]
        help_texts: ClassVar[dict[str, Any]] = {"dated": _AS_KNOWN}


class NewActForm(ActForm):
    """An act about any agreement."""

    class Meta(ActForm.Meta):
        fields: ClassVar[list[str]] = ["agreement", *ActForm.Meta.fields]


class ArticleForm(PartForm):
    """An article: its number, text and area."""

    ruled: ClassVar[set[str]] = {"number"}

    class Meta:
        model = Article
        fields: ClassVar[list[str]] = ["number", "text_ru", "text_en", "area"]
        widgets: ClassVar[dict[str, Any]] = {
            "text_ru": forms.Textarea(attrs={"rows": 6}),
            "text_en": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts: ClassVar[dict[str, Any]] = {"number": _("As in the text, for example 4 or 4.2.")}


class NewArticleForm(ArticleForm):
    """An article of any agreement."""

    class Meta(ArticleForm.Meta):
        fields: ClassVar[list[str]] = ["agreement", *ArticleForm.Meta.fields]


class AmendmentForm(RuledForm):
    """A later document that changes the agreement."""

    ruled: ClassVar[set[str]] = {"number"}

    class Meta:
        model = Amendment
        fields: ClassVar[list[str]] = ["number", "signed", "effective", "subject_ru", "subject_en", "articles"]
        widgets: ClassVar[dict[str, Any]] = {
            "subject_ru": _LINES,
            "subject_en": _LINES,
            "articles": forms.CheckboxSelectMultiple,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "signed": _AS_KNOWN,
            "effective": _("Only where it is not the day of signature."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        if self.instance.agreement_id:
            choices_of(self, "articles", Article.objects.filter(agreement=self.instance.agreement_id).order_by("pk"))

    def operate(self) -> Amendment:
        return operations.keep_amendment(
            by=self.by, amendment=self.cited(), articles=self.cleaned_data["articles"], seen=self.seen_version
        )


class NewAmendmentForm(AmendmentForm):
    """An amendment to any agreement."""

    class Meta(AmendmentForm.Meta):
        fields: ClassVar[list[str]] = ["agreement", *AmendmentForm.Meta.fields]


class FileForm(EntryForm):
    """A file of the agreement. Its type is judged by its content; the checksum is computed from it."""

    class Meta:
        model = AgreementFile
        fields: ClassVar[list[str]] = ["file", "kind", "language", "dated", "amendment"]
        help_texts: ClassVar[dict[str, Any]] = {
            "dated": _AS_KNOWN,
            "amendment": _("Only for the file of an amendment."),
        }

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        text = _("%(kinds)s, up to 20 MB. A file of the same kind and language becomes its next edition.")
        self.fields["file"].help_text = text % {"kinds": ", ".join(TYPES).upper()}
        if self.instance.agreement_id:
            choices_of(self, "amendment", Amendment.objects.filter(agreement=self.instance.agreement_id).order_by("pk"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file:
            found = check_upload(file)
            kept = cast(AgreementFile, self.instance)
            kept.file_name, kept.media_type = found.name, found.media_type
            kept.size, kept.sha256 = found.size, found.sha256
        return file

    def operate(self) -> AgreementFile:
        return operations.add_file(by=self.by, file=self.instance)


class NewFileForm(FileForm):
    """A file of any agreement."""

    class Meta(FileForm.Meta):
        fields: ClassVar[list[str]] = ["agreement", *FileForm.Meta.fields]


RemoveAgreementForm = removal_of(Agreement, operations.remove_agreement, "agreement")


def removal_of_part(model: type[Any]) -> type[EntryForm]:
    """Return the form that takes a part of this kind out of its agreement."""
    return removal_of(model, operations.remove_part, "part")
