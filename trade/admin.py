"""Reference data of trade."""

from __future__ import annotations

from django.contrib import admin

from trade.models import Commodity


@admin.register(Commodity)
class CommodityAdmin(admin.ModelAdmin[Commodity]):
    list_display = ("classification", "commodity_code", "name_ru", "name_en")
    list_filter = ("classification",)
