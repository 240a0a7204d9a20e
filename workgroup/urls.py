from django.urls import path

from workgroup import views

app_name = "workgroup"
urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/new/", views.new_meeting, name="new"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", views.edit_meeting, name="edit"),
    path("instructions/", views.instructions, name="instructions"),
]
