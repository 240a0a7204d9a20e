"""Create one demonstration account for each role. For a first look on one machine, never for production."""

from __future__ import annotations

import json
import os
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import AuthToken

from cooperation.facts.comparing import history
from parties.models import Organisation, Role, Side, User


@dataclass(frozen=True)
class Account:
    """A demonstration account as the file lists it; `side` is empty for a role that belongs to neither."""

    username: str
    role: str
    side: str
    password: str
    token: str


ACCOUNTS = {
    "official": (Role.OFFICIAL, Side.HOME),
    "secretary": (Role.SECRETARY, Side.HOME),
    "statistician": (Role.STATISTICIAN, Side.HOME),
    "analyst": (Role.ANALYST, ""),
    "reviewer-home": (Role.REVIEWER, Side.HOME),
    "reviewer-partner": (Role.REVIEWER, Side.PARTNER),
    "executor": (Role.EXECUTOR, Side.HOME),
    "administrator": (Role.ADMINISTRATOR, ""),
}
JOB = "create_demo_accounts"
"""Name under which the audit history keeps the accounts made here."""
EXECUTOR_ORGANISATION = "tusur"
"""Code of the shipped organisation that the executor of the demonstration works for."""


class Command(BaseCommand):
    help = (
        "Creates a demonstration account for each role, with a random password and an API token, and writes them to a "
        "file that only its owner may read. Accounts that match the file are kept. Not for production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, required=True, help="JSON file to write the accounts to")

    def handle(self, *, file: Path, **options: Any) -> None:
        if settings.HTTPS:
            raise CommandError("Demonstration accounts are not for production; they are refused while HTTPS is on.")
        if accounts_match(file):
            self.stdout.write(f"Demonstration accounts are kept: {file}")
            return
        # The file is written last, inside the transaction: without it the accounts stay as they were.
        with transaction.atomic(), pghistory.context(job=JOB):
            refuse_other_peoples_accounts()
            write_privately(file, [asdict(account) for account in renewed_accounts()])
        self.stdout.write(f"Demonstration accounts are written to {file}")


def accounts_match(file: Path) -> bool:
    """Tell whether the file lists every account and each of its tokens still opens that account.

    The token stands for the whole account: one renewal sets both, and checking it costs no password hash.
    """
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))
        owners = {hash_token(account["token"]): account["username"] for account in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    valid = AuthToken.objects.filter(digest__in=owners, expiry__gt=timezone.now(), user__is_active=True)
    found = {name for digest, name in valid.values_list("digest", "user__username") if owners[digest] == name}
    return found == set(ACCOUNTS) and file.stat().st_mode & 0o077 == 0


def refuse_other_peoples_accounts() -> None:
    """Refuse to reset an account of the same name that was not made here."""
    users = User.objects.filter(username__in=ACCOUNTS)
    made_here = history(User).filter(pgh_label="insert", pgh_context__job=JOB)
    others = users.exclude(pk__in=made_here.values("pgh_obj_id")).values_list("username", flat=True)
    if others:
        raise CommandError(f"These accounts belong to someone and are left alone: {', '.join(sorted(others))}")


def renewed_accounts() -> Iterator[Account]:
    """Create or reset every account: new password, new token, its role and nothing else."""
    for username, (role, side) in ACCOUNTS.items():
        administers = role is Role.ADMINISTRATOR
        user, __ = User.objects.get_or_create(username=username)
        user.is_active, user.is_staff, user.is_superuser, user.side = True, administers, administers, side
        if role is Role.EXECUTOR:
            user.organisation = Organisation.objects.filter(code=EXECUTOR_ORGANISATION).first()
        password = secrets.token_urlsafe(15)
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get(name=role)])
        AuthToken.objects.filter(user=user).delete()
        __, token = AuthToken.objects.create(user=user)
        yield Account(username, str(role), str(side), password, token)


def write_privately(file: Path, content: object) -> None:
    """Replace the file in one step by one that was never readable to others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, indent=2)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
