"""Addresses of the whole program."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path

from dashboards.views import sign_in_for_admin
from parties.api import UnknownAddress

handler400 = "dashboards.views.bad_request"
handler403 = "dashboards.views.permission_denied"
handler404 = "dashboards.views.page_not_found"
handler429 = "dashboards.views.too_many_requests"
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
    # Of the account pages only those that need no mail: administrators make accounts and reset passwords.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.signup, name="account_signup"),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/login/", sign_in_for_admin),
    path("admin/", admin.site.urls),
    path("api/v1/", include("cooperation.api")),
    path("sdmx/", include("trade.sdmx.addresses")),
    path("api/<path:rest>", UnknownAddress.as_view()),
]
