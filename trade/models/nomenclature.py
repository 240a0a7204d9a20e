"""What statistics of trade are broken down by: goods, territories, units; each in versions with their validity.

Codes are text everywhere: a leading zero is part of a code.
"""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parties.naming import Localised
from parties.records import Record

TOTAL = "TOTAL"
"""The code of all goods."""
HIDDEN = "_CONF"
"""The code of goods that the publisher hides. `27_CONF` are hidden goods of chapter 27."""
WORLD = "W"
"""The code of all partners together."""


@pghistory.track()
class Commodity(Record):
    """A class of goods: everything, a section, a regional product group, or a chapter or heading of HS / TN VED.

    The codes of an edition in full are `EditionCode`; here are those that the program names itself.
    """

    class Classification(models.TextChoices):
        TOTAL = "TOTAL", _("all goods")
        SECTION = "SECTION", _("sections of HS / TN VED")
        GROUP = "GRP_RU", _("product groups of Russian regional statistics")
        HS = "HS", _("HS / TN VED")

    classification = models.CharField(_("classification"), max_length=10, choices=Classification)
    commodity_code = models.CharField(_("code in the classification"), max_length=10)
    chapters = models.CharField(_("HS chapters"), max_length=50, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300)
    name = Localised()

    class Meta(Record.Meta):
        ordering = ["classification", "commodity_code"]
        verbose_name_plural = "commodities"
        constraints = [
            models.UniqueConstraint(fields=["classification", "commodity_code"], name="commodity_code_once"),
        ]

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Edition(Record):
    """An edition of HS / TN VED and the time in which trade is coded by it. Its code: `HS2012`, `HS2017`, `HS2022`.

    `symbol` is the code that UN Comtrade uses and that observations carry (`H4`, `H5`, `H6`).
    """

    symbol = models.CharField(_("symbol"), max_length=4, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    name = Localised()

    class Meta(Record.Meta):
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="edition_has_a_code"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="edition_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class EditionCode(models.Model):
    """One code of an edition, loaded from a file in bulk (its history is that of the edition's file)."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="codes")
    commodity_code = models.CharField(_("code"), max_length=10)
    level = models.PositiveSmallIntegerField(_("digits"))
    name_ru = models.TextField(_("name in Russian"), blank=True)
    name_en = models.TextField(_("name in English"), blank=True)
    name = Localised()

    class Meta:
        ordering = ["commodity_code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "commodity_code"], name="code_once_in_an_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.commodity_code} {self.name}"


@pghistory.track()
class Grouping(Record):
    """A version of the product groups that regional statistics use: which chapters belong to which group."""

    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    is_default = models.BooleanField(_("used where none is named"), default=False)
    name = Localised()

    class Meta(Record.Meta):
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="grouping_has_a_code"),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_grouping"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class GroupedChapter(Record):
    """A chapter in a product group of a grouping. `_C` stands for hidden goods, whose chapter nobody knows."""

    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="chapters")
    group = models.ForeignKey(Commodity, models.PROTECT, related_name="grouped_chapters")
    chapter = models.CharField(_("chapter"), max_length=2)

    class Meta(Record.Meta):
        ordering = ["chapter"]
        constraints = [
            models.UniqueConstraint(fields=["grouping", "chapter"], name="chapter_in_one_group"),
        ]

    def __str__(self) -> str:
        return f"{self.chapter}: {self.group}"


@pghistory.track()
class Unit(Record):
    """A unit of quantity, keyed by its OKEI code (`166` kilogram, `796` piece)."""

    name_ru = models.CharField(_("name in Russian"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    short_name_ru = models.CharField(_("short name in Russian"), max_length=30)
    short_name_en = models.CharField(_("short name in English"), max_length=30)
    aliases = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("other spellings, in capitals")
    )
    name = Localised()
    short_name = Localised()

    class Meta(Record.Meta):
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="unit_has_a_code"),
        ]

    def __str__(self) -> str:
        return str(self.short_name)


@pghistory.track()
class TradeArea(Record):
    """A reporter or partner of trade statistics, keyed by ISO 3166 (`BY`, `RU-TOM`) or a special code.

    Special codes: `W` all partners, `NNN` partner unknown, `_H` partner hidden, `EU`, `EAEU`, `AB`, `OS`.
    Only countries are ranked; groups and special codes are never added to the countries in them. Who belongs to a
    group, and when, is its `Membership`.
    """

    class Kind(models.TextChoices):
        COUNTRY = "country", _("country")
        REGION = "region", _("region")
        GROUP = "group", _("group of countries")
        WORLD = "world", pgettext_lazy("trade area", "world")
        UNKNOWN = "unknown", pgettext_lazy("trade area", "unknown or hidden")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    iso3 = models.CharField(_("ISO 3166 alpha-3"), max_length=3, blank=True)
    m49 = models.CharField(_("UN M49"), max_length=3, blank=True)
    okato = models.CharField(_("OKATO code"), max_length=5, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    name = Localised()

    class Meta(Record.Meta):
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="trade_area_has_a_code"),
        ]

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Membership(Record):
    """A territory in a group of countries, from the month in which it came in to that in which it left.

    A month counts where the territory belonged to the group on any of its days. `note` says what is disputed.
    """

    group = models.ForeignKey(
        TradeArea,
        models.CASCADE,
        related_name="members",
        limit_choices_to={"kind": TradeArea.Kind.GROUP},
        verbose_name=_("group of countries"),
    )
    member = models.ForeignKey(TradeArea, models.PROTECT, related_name="memberships", verbose_name=_("member"))
    first_month = models.DateField(_("member from"), help_text=_("First day of the month."))
    last_month = models.DateField(
        _("member until"), null=True, blank=True, help_text=_("First day of the last month; empty while a member.")
    )
    note_ru = models.CharField(_("note in Russian"), max_length=300, blank=True)
    note_en = models.CharField(_("note in English"), max_length=300, blank=True)
    note = Localised()

    class Meta(Record.Meta):
        ordering = ["group", "first_month", "member"]
        constraints = [
            models.UniqueConstraint(fields=["group", "member", "first_month"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(last_month__isnull=True) | models.Q(last_month__gte=models.F("first_month")),
                name="membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(first_month__day=1)
                & (models.Q(last_month__isnull=True) | models.Q(last_month__day=1)),
                name="membership_in_whole_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.group}"
