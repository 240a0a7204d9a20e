"""The address of SDMX, `/sdmx/`: one view reads the rest of the path, whose forms belong to the standard."""

from django.urls import path

from trade.sdmx.views import Sdmx

app_name = "sdmx"

urlpatterns = [path("<path:rest>", Sdmx.as_view(), name="resource")]
