from django.urls import path

from documents.lists import files_of
from workgroup import files, views

app_name = "workgroup"
urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    *files_of("meetings", "meetings", files.meetings_file, filtered=True),
    path("meetings/new/", views.new_meeting, name="new"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", views.edit_meeting, name="edit"),
    path("instructions/", views.instructions, name="instructions"),
    *files_of("instructions", "instructions", files.instructions_file),
]
