from django.urls import path

from documents import files, views
from documents.lists import files_of

app_name = "documents"
urlpatterns = [
    path("documents/", views.sources, name="sources"),
    *files_of("documents", "sources", files.sources_file),
    path("documents/new/", views.new_source, name="new"),
    path("documents/<slug:code>/", views.source, name="source"),
    path("documents/<slug:code>/file/", views.source_file, name="file"),
    path("facts/", views.facts, name="facts"),
    *files_of("facts", "facts", files.facts_file),
]
