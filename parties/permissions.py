"""Who may do what: one predicate per action, used by pages and API alike.

Every address declares its access with `@signed_in`, `@allowed(predicate)` or `@public`; a test
walks all addresses and fails for one that declares nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from parties.models import Role, User

Predicate = Callable[[User], bool]
View = Callable[..., HttpResponse]


class AuthenticatedRequest(HttpRequest):
    """A request whose user has signed in."""

    user: User


def has_role(user: User, *roles: Role) -> bool:
    """Tell whether the user has one of the roles; an administrator has them all."""
    return user.is_superuser or Role.ADMINISTRATOR in user.roles or not user.roles.isdisjoint(roles)


def may_read(user: User) -> bool:
    """Every signed-in user reads everything."""
    return user.is_active


def may_record_meetings(user: User) -> bool:
    return has_role(user, Role.SECRETARY)


def may_edit_agreements(user: User) -> bool:
    return has_role(user, Role.SECRETARY)


def may_edit_plans(user: User) -> bool:
    return has_role(user, Role.SECRETARY)


def may_report_progress(user: User) -> bool:
    return has_role(user, Role.SECRETARY, Role.EXECUTOR)


def may_edit_projects(user: User) -> bool:
    return has_role(user, Role.SECRETARY)


def may_enter_figures(user: User) -> bool:
    return has_role(user, Role.STATISTICIAN)


def may_import_trade(user: User) -> bool:
    return has_role(user, Role.STATISTICIAN)


def may_register_sources(user: User) -> bool:
    return has_role(user, Role.SECRETARY, Role.STATISTICIAN)


def may_compute_reports(user: User) -> bool:
    return has_role(user, Role.SECRETARY)


def public(view: View) -> View:
    """Declare that the address answers without signing in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def allowed(predicate: Predicate) -> Callable[[View], View]:
    """Declare who may use an address: a stranger is sent to sign in, anyone else refused with 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.access = predicate.__name__  # type: ignore[attr-defined]
        return checked

    return decorate


signed_in = allowed(may_read)


class Allowed(BasePermission):
    """API twin of `allowed`: `permission_classes = [Allowed.to(may_compute_reports)]` guards unsafe methods."""

    predicate: Predicate = staticmethod(may_read)

    @classmethod
    def to(cls, predicate: Predicate) -> type[Allowed]:
        return type("Allowed", (cls,), {"predicate": staticmethod(predicate)})

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user or not user.is_authenticated:
            return False
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return may_read(user)
        return type(self).predicate(user)
