"""Who cooperates: partnerships and their territories, organisations, people, and the users of the program."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parties.naming import Localised
from parties.periods import PeriodField
from parties.records import Record, bumps_data_version


class DataVersion(models.Model):
    """The one row that counts transactions which changed domain data."""

    number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="data_version_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)


class Side(models.TextChoices):
    """The two sides of a partnership."""

    HOME = "home", _("home side")
    PARTNER = "partner", _("partner side")


@pghistory.track()
class Territory(Record):
    """A country or a region of a country, keyed by its ISO 3166 code."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("country")
        REGION = "region", _("region")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    okato = models.CharField(_("OKATO code"), max_length=5, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    name = Localised()

    class Meta(Record.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="territory_has_a_code"),
        ]

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Area(Record):
    """An area of cooperation, such as industry or culture."""

    name_ru = models.CharField(_("name in Russian"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    order = models.PositiveSmallIntegerField(default=0)
    name = Localised()

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Partnership(Record):
    """The cooperation of a home territory with a partner territory. Several can live side by side."""

    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    home = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("home territory"))
    partner = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("partner territory"))
    home_side_ru = models.CharField(_("name of the home side in Russian"), max_length=100)
    home_side_en = models.CharField(_("name of the home side in English"), max_length=100)
    partner_side_ru = models.CharField(_("name of the partner side in Russian"), max_length=100)
    partner_side_en = models.CharField(_("name of the partner side in English"), max_length=100)
    name = Localised()
    home_side = Localised()
    partner_side = Localised()

    class Meta(Record.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(home=models.F("partner")), name="partnership_joins_two_territories"
            ),
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="partnership_has_a_code"),
        ]

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Organisation(Record):
    """A body, university, company or other organisation of either side."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("body of power")
        UNIVERSITY = "university", _("university")
        RESEARCH = "research", _("research organisation")
        COMPANY = "company", _("company")
        CULTURE = "culture", _("cultural organisation")
        ASSOCIATION = "association", _("association")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    side = models.CharField(_("side"), max_length=10, choices=Side, blank=True)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="organisations")
    name_ru = models.CharField(_("name in Russian"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300)
    short_name_ru = models.CharField(_("short name in Russian"), max_length=100, blank=True)
    short_name_en = models.CharField(_("short name in English"), max_length=100, blank=True)
    name = Localised()
    short_name = Localised()

    def __str__(self) -> str:
        return str(self.short_name or self.name)

    def get_absolute_url(self) -> str:
        return reverse("dashboards:organisation", args=[self.pk])


@pghistory.track()
class Person(Record):
    """A person in the roles that a source gives them; nothing else is kept."""

    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    side = models.CharField(_("side"), max_length=10, choices=Side, blank=True)
    name = Localised()

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Post(Record):
    """A post that a person is stated to hold, and when it was so stated."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="posts")
    title_ru = models.CharField(_("post in Russian"), max_length=300)
    title_en = models.CharField(_("post in English"), max_length=300)
    stated = PeriodField(_("stated as of"), null=True, blank=True)
    title = Localised()

    def __str__(self) -> str:
        return f"{self.person}: {self.title}"


class Role(models.TextChoices):
    """What a user may do. Each role is a group of the same name."""

    OFFICIAL = "official", _("regional official")
    SECRETARY = "secretary", _("workgroup secretary")
    STATISTICIAN = "statistician", _("statistician")
    ANALYST = "analyst", _("analyst")
    REVIEWER = "reviewer", _("reviewer of a side")
    EXECUTOR = "executor", _("executor")
    ADMINISTRATOR = "administrator", _("administrator")


_ACCESS_FIELDS = (
    "username",
    "first_name",
    "last_name",
    "email",
    "password",
    "is_active",
    "is_staff",
    "is_superuser",
    "side",
    "organisation_id",
    "person_id",
)


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """A person who signs in."""

    side = models.CharField(_("side"), max_length=10, choices=Side, blank=True)
    person = models.OneToOneField(Person, models.SET_NULL, null=True, blank=True, related_name="user")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="users")

    class Meta(AbstractUser.Meta):
        triggers = [
            bumps_data_version(pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf(*_ACCESS_FIELDS)),
        ]

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the user; a new password, by whomever it is set, revokes the tokens that were made under the old one."""
        is_renewed = self.pk is not None and self._password is not None  # type: ignore[attr-defined]
        super().save(*args, **kwargs)
        if is_renewed:
            self.auth_token_set.all().delete()  # type: ignore[attr-defined]

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of the groups of this user (one query, unless the sign-in backend had them cached)."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def role_names(self) -> str:
        return ", ".join(str(role.label) for role in Role if role.value in self.roles)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


_UserGroup: Any = User.groups.through  # the table that Django makes for the groups of users


@pghistory.track()
class Membership(_UserGroup):
    """A user's place in a role's group, audited, and part of the data version because it changes access."""

    class Meta:
        proxy = True
        triggers = [bumps_data_version()]


class SavedView(models.Model):
    """A page with its filters as a reader wants to see it again, under a name of their own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=1000)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once_per_user"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def readable_address(self) -> str:
        return unquote_plus(self.address)


class Submission(models.Model):
    """An entry by a person or a program, so that the same one sent twice is kept once."""

    KEPT_FOR = dt.timedelta(days=1)

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    label = models.CharField(max_length=100, blank=True)
    record = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="submission_key_once_per_user"),
        ]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def claim(cls, *, by: User, key: str, digest: str) -> tuple[Submission, bool]:
        """Take the key and return its row, and whether it is new.

        Must run in a transaction. A second sender waits until the first one's transaction ends. Old keys are
        forgotten on the way, so that no sweeper is needed.
        """
        cls.objects.filter(user=by, created_at__lt=timezone.now() - cls.KEPT_FOR).delete()
        return cls.objects.get_or_create(user=by, key=key, defaults={"digest": digest})
