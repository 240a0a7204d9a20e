from django.urls import path

from documents.lists import files_of
from parties.permissions import may_edit_projects
from projects import files, views
from projects.views.entry import PARTS

app_name = "projects"
urlpatterns = [
    path("projects/", views.project_list, name="list"),
    path("projects/new/", views.new_project, name="new"),
    path("projects/<int:pk>/", views.project, name="detail"),
    path("projects/<int:pk>/edit/", views.edit_project, name="edit"),
    path("projects/<int:pk>/remove/", views.remove_project, name="remove"),
    path("projects/<int:pk>/confidence/", views.judge, name="judge"),
    path("projects/<int:pk>/measures/", views.measures, name="plans"),
    path("projects/<int:pk>/measures/<int:plan_pk>/", views.measures, name="measures"),
    *PARTS.addresses(may_edit_projects),
    path("projects/documents/<int:pk>/file/", views.document_file, name="document_file"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/new/", views.new_delivery, name="new_delivery"),
    path("deliveries/<int:pk>/edit/", views.edit_delivery, name="edit_delivery"),
    path("deliveries/<int:pk>/remove/", views.remove_delivery, name="remove_delivery"),
    *files_of("projects", "projects", files.projects_file, filtered=True),
    *files_of("milestones", "milestones", files.milestones_file, filtered=True),
    *files_of("deliveries", "deliveries", files.deliveries_file, filtered=True),
]
