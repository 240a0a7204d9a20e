"""Reference data of trade."""

from __future__ import annotations

from django.contrib import admin

from trade.models import Commodity, Dataset, Edition, GroupedChapter, Grouping, Membership, TradeArea, Unit


@admin.register(Commodity)
class CommodityAdmin(admin.ModelAdmin[Commodity]):
    list_display = ("classification", "commodity_code", "name_ru", "name_en")
    list_filter = ("classification",)
    search_fields = ("commodity_code", "name_ru", "name_en")


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin[Edition]):
    list_display = ("code", "symbol", "valid_from", "valid_to", "name_ru")
    readonly_fields = ("file_name", "sha256")


class GroupedChapterInline(admin.TabularInline[GroupedChapter, Grouping]):
    model = GroupedChapter
    fields = ("chapter", "group")
    extra = 0


@admin.register(Grouping)
class GroupingAdmin(admin.ModelAdmin[Grouping]):
    list_display = ("code", "name_ru", "valid_from", "is_default")
    inlines = (GroupedChapterInline,)


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin[Unit]):
    list_display = ("code", "short_name_ru", "name_ru", "name_en")
    search_fields = ("code", "name_ru", "name_en")


class MembershipInline(admin.TabularInline[Membership, TradeArea]):
    """The members of a group of countries."""

    model = Membership
    fk_name = "group"
    fields = ("member", "first_month", "last_month", "note_ru", "note_en")
    extra = 0


@admin.register(TradeArea)
class TradeAreaAdmin(admin.ModelAdmin[TradeArea]):
    inlines = (MembershipInline,)
    list_display = ("code", "kind", "iso3", "m49", "okato", "name_ru", "name_en")
    list_filter = ("kind",)
    search_fields = ("code", "iso3", "m49", "okato", "name_ru", "name_en")


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin[Dataset]):
    list_display = ("code", "name_ru", "reporter", "basis", "is_example")
