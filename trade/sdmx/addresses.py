"""The address of SDMX, `/sdmx/`: one view reads the rest of the path, whose forms belong to the standard."""

from django.urls import path

from trade.sdmx.views import Sdmx

app_name = "sdmx"

answer = Sdmx.as_view()
answer.access = "may_read"  # type: ignore[attr-defined]

urlpatterns = [path("<path:rest>", answer, name="resource")]
