from django.conf import settings
from django.urls import path

from dashboards import files, views
from documents.lists import files_of

app_name = "dashboards"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("organisations/", views.organisations, name="organisations"),
    *files_of("organisations", "organisations", files.organisations_file),
    path("organisations/<int:pk>/", views.organisation, name="organisation"),
    path("chain/coverage/", views.coverage, name="coverage"),
    *files_of("chain/coverage/list", "coverage", files.coverage_file, filtered=True),
    path("chain/<str:kind>/<int:pk>/", views.chain, name="chain"),
    path("search/", views.search, name="search"),
    *files_of("search", "search", files.search_file, filtered=True),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
]
if settings.DEBUG:
    urlpatterns += [path("gallery/", views.gallery, name="gallery")]
