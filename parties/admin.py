"""Reference data of parties, and the accounts."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from parties.models import Area, Organisation, Partnership, Person, Post, Territory, User

admin.site.site_header = _("Reference data")
admin.site.site_title = _("Reference data")
admin.site.index_title = _("Reference data and accounts")
admin.site.unregister(Group)  # the roles are fixed; users are put into them on their own page


@admin.register(Territory)
class TerritoryAdmin(admin.ModelAdmin[Territory]):
    list_display = ("code", "name_ru", "name_en", "kind")


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin[Area]):
    list_display = ("code", "name_ru", "name_en", "order")


@admin.register(Partnership)
class PartnershipAdmin(admin.ModelAdmin[Partnership]):
    list_display = ("code", "name_ru", "name_en")


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    list_display = ("name_ru", "kind", "side")
    list_filter = ("kind", "side")
    search_fields = ("name_ru", "name_en", "short_name_ru", "short_name_en")


class PostInline(admin.TabularInline[Post, Person]):
    model = Post
    extra = 0


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin[Person]):
    list_display = ("name_ru", "name_en", "side")
    search_fields = ("name_ru", "name_en")
    inlines = (PostInline,)


@admin.register(User)
class AccountAdmin(UserAdmin[User]):
    """Accounts with their side, organisation and roles."""

    list_display = ("username", "last_name", "first_name", "side", "is_active")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (_("Place in the cooperation"), {"fields": ("side", "organisation", "person")}),
    )
