from django.urls import path

from documents.lists import files_of
from reports import files, views

app_name = "reports"
urlpatterns = [
    path("reports/", views.years, name="list"),
    *files_of("reports", "list", files.reports_file, versioned=False),
    path("reports/<int:year>/", views.year, name="year"),
    path("reports/<int:year>/compute/", views.compute, name="compute"),
    path("reports/<int:year>/versions/<int:number>/", views.version, name="version"),
    path("reports/runs/<uuid:pk>/", views.run, name="run"),
]
