from django.urls import path

from agreements import views
from agreements.views import agreement_entry, agreements
from agreements.views.agreement_entry import PARTS

app_name = "agreements"
urlpatterns = [
    path("agreements/", views.agreement_list, name="list"),
    path("agreements/list.csv", agreements.agreements_file, {"form": "csv"}, name="list_csv"),
    path("agreements/list.xlsx", agreements.agreements_file, {"form": "xlsx"}, name="list_xlsx"),
    path("agreements/new/", agreement_entry.new_agreement, name="new"),
    path("agreements/<int:pk>/", views.agreement, name="detail"),
    path("agreements/<int:pk>/edit/", agreement_entry.edit_agreement, name="edit"),
    path("agreements/<int:pk>/files/new/", agreement_entry.new_file, name="new_file"),
    path("agreements/files/<int:pk>/", agreements.file, name="file"),
    *(
        path(f"agreements/<int:pk>/{part}/new/", agreement_entry.new_part, {"part": part}, name=f"new_{part}")
        for part in PARTS
    ),
    *(
        path(f"agreements/{part}/<int:pk>/{act}/", view, {"part": part}, name=f"{act}_{part}")
        for part in PARTS
        for act, view in (("edit", agreement_entry.edit_part), ("remove", agreement_entry.remove_part))
    ),
    path("measures/", views.measures, name="measures"),
]
