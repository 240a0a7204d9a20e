"""Addresses of the whole program."""

from django.contrib import admin
from django.urls import include, path

from dashboards.views import sign_in_for_admin

handler400 = "dashboards.views.bad_request"
handler403 = "dashboards.views.permission_denied"
handler404 = "dashboards.views.page_not_found"
handler500 = "dashboards.views.server_error"

urlpatterns = [
    path("", include("dashboards.urls")),
    path("", include("parties.urls")),
    path("", include("documents.urls")),
    path("", include("agreements.urls")),
    path("", include("projects.urls")),
    path("", include("workgroup.urls")),
    path("", include("trade.urls")),
    path("", include("reports.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/login/", sign_in_for_admin),
    path("admin/", admin.site.urls),
    path("api/v1/", include("cooperation.api")),
]
