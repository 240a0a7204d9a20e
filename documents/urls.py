from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("documents/", views.sources, name="sources"),
    path("documents/new/", views.new_source, name="new"),
    path("documents/<slug:code>/", views.source, name="source"),
    path("documents/<slug:code>/file/", views.source_file, name="file"),
    path("facts/", views.facts, name="facts"),
]
