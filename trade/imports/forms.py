"""The forms of imports: loading a file, and naming its columns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parties.forms import NOT_CHOSEN, PeriodFormField
from parties.periods import Period, Shape
from trade.importing.mapping import BY_FLOW, CONSTANT_ROLES, MONEY, ROLES, WEIGHT, Mapping, UnusableMapping
from trade.importing.sniffing import ENCODINGS
from trade.imports.given import Given
from trade.imports.preview import Column
from trade.models import Dataset, Release, TradeArea

AS_IN_FILE = ("", _("as the file says"))
RECOGNISE = ("", _("recognise"))
FLOWS = [
    ("X", pgettext_lazy("flow of trade", "export")),
    ("M", pgettext_lazy("flow of trade", "import")),
    ("RX", pgettext_lazy("flow of trade", "re-export")),
    ("RM", pgettext_lazy("flow of trade", "re-import")),
]
MONEY_NAMES: dict[str, str | Promise] = {
    "USD": _("US dollars"),
    "USD_TH": _("thousand US dollars"),
    "USD_MN": _("million US dollars"),
}
WEIGHT_NAMES: dict[str, str | Promise] = {"kg": _("kilograms"), "t": _("tonnes"), "kt": _("thousand tonnes")}
SEPARATORS = [(";", ";"), (",", ","), ("\t", _("tabulator")), ("|", "|")]
NEEDED = ("period", "flow", "reporter", "partner", "commodity")
"""Without these a row is about nothing."""
MONEY_CHOICES = [(unit, MONEY_NAMES[unit]) for unit in MONEY]
WEIGHT_CHOICES = [(unit, WEIGHT_NAMES[unit]) for unit in WEIGHT]


def areas(*kinds: str) -> list[tuple[str, str]]:
    """Return territories of these kinds as choices, by name (1 query)."""
    rows = TradeArea.objects.filter(kind__in=kinds)
    return sorted(((str(area.code), f"{area.name} ({area.code})") for area in rows), key=lambda row: row[1])


class MonthFormField(PeriodFormField):
    """A text field that reads one month; its value is the first day."""

    default_error_messages = {
        "no_month": _("“%(value)s” is not one month. Write for example 2024-01 or January 2024."),
    }

    def to_python(self, value: Any) -> Any:
        period = super().to_python(value)
        if not isinstance(period, Period):
            return period
        if period.shape is not Shape.MONTH:
            raise forms.ValidationError(self.error_messages["no_month"], code="no_month", params={"value": value})
        return period.starts

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else f"{value:%Y-%m}"


class DayFormField(PeriodFormField):
    """A text field that reads one day."""

    default_error_messages = {"no_day": _("“%(value)s” is not one day. Write for example 15.08.2023.")}

    def to_python(self, value: Any) -> Any:
        period = super().to_python(value)
        if not isinstance(period, Period):
            return period
        if period.shape is not Shape.DAY:
            raise forms.ValidationError(self.error_messages["no_day"], code="no_day", params={"value": value})
        return period.starts

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else f"{value:%d.%m.%Y}"


class LoadForm(forms.Form):
    """What a person says about a file. Its fields besides `dataset` and `file` are those of `Given`."""

    dataset = forms.ModelChoiceField(
        label=_("Dataset"),
        queryset=Dataset.objects.none(),
        to_field_name="code",
        empty_label=None,
        help_text=_("Whose statistics these are. Figures of different datasets are never added."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX, DBF, JSON of UN Comtrade, or a ZIP archive with one of them."),
        error_messages={
            "required": _("Choose the file to be loaded."),
            "empty": _("The file is empty. Choose the file that holds the data."),
        },
    )
    status = forms.ChoiceField(label=_("Status of the figures"), choices=Release.Status.choices)
    published_on = DayFormField(
        label=_("Date of publication"),
        required=False,
        help_text=_("When the publisher issued the figures: 15.08.2023."),
    )
    month = MonthFormField(
        label=_("Month"),
        required=False,
        help_text=_("Only for a file that states the year alone, or no period: 2024-01."),
    )
    yearly = forms.BooleanField(label=_("A year without a month is a whole year"), required=False)
    money = forms.ChoiceField(label=_("Values are in"), choices=MONEY_CHOICES)
    weight = forms.ChoiceField(label=_("Weights are in"), choices=WEIGHT_CHOICES)
    prices_are_right = forms.BooleanField(
        label=_("The figures are right, although prices look 1000 times off"), required=False
    )
    only_its_partners = forms.BooleanField(
        label=_("The file is about the partners that it names only"),
        required=False,
        help_text=_("Figures of other partners stay as they are: for files loaded partner by partner."),
    )
    reporter = forms.ChoiceField(label=_("Whose trade it is"), required=False)
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    flow = forms.ChoiceField(label=_("Direction"), choices=[AS_IN_FILE, *FLOWS], required=False)
    encoding = forms.ChoiceField(
        label=_("Encoding"), choices=[RECOGNISE, *((name, name) for name in ENCODINGS)], required=False
    )
    separator = forms.ChoiceField(label=_("Separator"), choices=[RECOGNISE, *SEPARATORS], required=False)
    sheet = forms.CharField(
        label=_("Sheet of the workbook"),
        required=False,
        max_length=100,
        strip=False,
        help_text=_("Empty: the first sheet that holds anything."),
    )

    period_fields = ("month", "yearly")
    unit_fields = ("money", "weight", "prices_are_right")
    rare_fields = ("reporter", "partner", "flow", "encoding", "separator", "sheet")

    def __init__(self, *args: Any, given: Given | None = None, has_file: bool = False, **kwargs: Any) -> None:
        if given:
            kwargs["initial"] = {**given.__dict__, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        kind = TradeArea.Kind
        self._choices("reporter", [AS_IN_FILE, *areas(kind.REGION, kind.COUNTRY)])
        self._choices("partner", [AS_IN_FILE, *areas(kind.COUNTRY, kind.GROUP, kind.WORLD)])
        dataset = self.fields["dataset"]
        assert isinstance(dataset, forms.ModelChoiceField)  # noqa: S101
        dataset.queryset = Dataset.objects.order_by("pk")
        if has_file:
            del self.fields["file"]

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    def group(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def about_period(self) -> list[forms.BoundField]:
        return self.group(self.period_fields)

    @property
    def about_units(self) -> list[forms.BoundField]:
        return self.group(self.unit_fields)

    @property
    def rare(self) -> list[forms.BoundField]:
        return self.group(self.rare_fields)

    @property
    def opens_rare(self) -> bool:
        """Whether something rare was said, or said wrongly, so that it must be seen."""
        return any(self[name].value() or self[name].errors for name in self.rare_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("month") and cleaned.get("yearly"):
            self.add_error("yearly", _("Give the month, or say that the figures are yearly; not both."))
        return cleaned

    @property
    def given(self) -> Given:
        """What was said, in a valid form."""
        return Given(**{name: value for name, value in self.cleaned_data.items() if name not in {"dataset", "file"}})


class ColumnsForm(forms.Form):
    """What each column holds: `column-3` is the role of the fourth column, `fixed-flow` a value for all rows."""

    money = forms.ChoiceField(label=_("Values are in"), choices=MONEY_CHOICES)
    weight = forms.ChoiceField(label=_("Weights are in"), choices=WEIGHT_CHOICES)
    name = forms.CharField(
        label=_("Name of this layout"),
        required=False,
        max_length=200,
        help_text=_("Files of this dataset with the same header are read so from now on."),
    )

    def __init__(
        self, *args: Any, columns: list[Column], mapping: Mapping, known: Collection[str] = (), **kwargs: Any
    ) -> None:
        """`known` are roles that were said of the whole file before, so that no column has to hold them."""
        roles = {name: role for role, name in mapping.columns.items()}
        kwargs["initial"] = {
            "money": mapping.money,
            "weight": mapping.weight,
            **{f"column-{place}": roles.get(column.name, "") for place, column in enumerate(columns)},
            **{f"fixed-{role}": value for role, value in mapping.constants.items()},
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.columns, self.known = columns, known
        choices = [("", _("not read")), *((role, capfirst(str(name))) for role, name in ROLES.items())]
        for place, column in enumerate(columns):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=_("What the column “%(name)s” holds") % {"name": column.name}, choices=choices, required=False
            )
        for role, field in self._fixed().items():
            self.fields[f"fixed-{role}"] = field

    def _fixed(self) -> dict[str, forms.Field]:
        kind = TradeArea.Kind
        return {
            "period": forms.CharField(
                label=_("Period"),
                required=False,
                max_length=30,
                help_text=_("A month 2024-01, quarter 2024-Q1, half-year 2024-S1, year 2024 or 2024-01/2024-07."),
            ),
            "flow": forms.ChoiceField(label=_("Direction"), choices=[NOT_CHOSEN, *FLOWS], required=False),
            "reporter": forms.ChoiceField(
                label=_("Whose trade it is"), choices=[NOT_CHOSEN, *areas(kind.REGION, kind.COUNTRY)], required=False
            ),
            "partner": forms.ChoiceField(
                label=_("Partner"),
                choices=[NOT_CHOSEN, *areas(kind.COUNTRY, kind.GROUP, kind.WORLD)],
                required=False,
            ),
            "commodity": forms.CharField(
                label=_("Code of goods"), required=False, max_length=10, help_text=_("TOTAL for all goods.")
            ),
        }

    @property
    def rows(self) -> list[tuple[Column, forms.BoundField]]:
        return [(column, self[f"column-{place}"]) for place, column in enumerate(self.columns)]

    @property
    def fixed(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("fixed-")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named: dict[str, str] = {}
        for place, column in enumerate(self.columns):
            role = cleaned.get(f"column-{place}")
            if role and role in named:
                message = _("“%(role)s” is also said of the column “%(other)s”. Keep one of the two.")
                values = {"role": capfirst(str(ROLES[role])), "other": named[role]}
                self.add_error(f"column-{place}", message % values)
            elif role:
                named[role] = column.name
        constants = {role: cleaned[f"fixed-{role}"] for role in CONSTANT_ROLES if cleaned.get(f"fixed-{role}")}
        self.mapping = Mapping(
            columns=named, constants=constants, money=cleaned.get("money", ""), weight=cleaned.get("weight", "")
        )
        if not self.errors:
            try:
                self.mapping.check_roles()
            except UnusableMapping as error:
                self.add_error(None, capfirst(str(error)) + ".")
        if not self.errors:
            self._ask_for_what_nobody_says()
        return cleaned

    def _ask_for_what_nobody_says(self) -> None:
        said = {*self.known, *self.mapping.columns, *self.mapping.constants}
        if "year" in said:
            said.add("period")
        if said & {role for roles in BY_FLOW.values() for role in roles}:
            said.add("flow")
        for role in NEEDED:
            if role not in said:
                message = _("No column holds this: choose one above, or say here what holds for all rows.")
                self.add_error(f"fixed-{role}", message)
