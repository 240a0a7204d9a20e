from django.urls import path

from agreements.register import measures_file, register_file
from agreements.views import agreement_entry, agreements, files, plan_entry, plans, together
from agreements.views.agreement_entry import PARTS
from documents.lists import files_of
from parties.permissions import may_edit_agreements

app_name = "agreements"
urlpatterns = [
    path("agreements/", agreements.agreement_list, name="list"),
    *files_of("agreements/list", "list", register_file, filtered=True),
    path("agreements/new/", agreement_entry.new_agreement, name="new"),
    path("agreements/<int:pk>/", agreements.agreement, name="detail"),
    path("agreements/<int:pk>/edit/", agreement_entry.edit_agreement, name="edit"),
    path("agreements/<int:pk>/remove/", agreement_entry.remove_agreement, name="remove"),
    path("agreements/<int:pk>/files/new/", agreement_entry.new_file, name="new_file"),
    path("agreements/files/<int:pk>/", agreements.file, name="file"),
    *PARTS.addresses(may_edit_agreements),
    path("agreements/<int:pk>/plans/new/", plan_entry.new_plan, name="new_plan"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/edit/", plan_entry.edit_plan, name="edit_plan"),
    path("plans/<int:pk>/remove/", plan_entry.remove_plan, name="remove_plan"),
    path("measures/<int:pk>/remove/", plan_entry.remove_measure, name="remove_measure"),
    path("plans/<int:pk>/measures/new/", plan_entry.new_measure, name="new_measure"),
    path("plans/<int:pk>/bulk/", together.bulk, name="bulk"),
    path("plans/<int:pk>/import/", files.import_into_plan, name="import_plan"),
    path("agreements/<int:pk>/plans/import/", files.import_new_plan, name="import_new_plan"),
    *(
        path(address, view, {"form": form}, name=f"{name}_{form}")
        for form in ("docx", "xlsx")
        for address, view, name in (
            (f"plans/<int:pk>/plan.{form}", files.plan_file, "plan"),
            (f"plans/<int:pk>/report.{form}", files.plan_report_file, "plan_report"),
            (f"agreements/<int:pk>/plans/form.{form}", files.blank_plan_file, "blank_plan"),
        )
    ),
    path("measures/", plans.measures, name="measures"),
    *files_of("measures/list", "measures", measures_file, filtered=True),
    path("measures/<int:pk>/", plans.measure, name="measure"),
    *(
        path(f"measures/<int:pk>/{name.replace('_', '-')}/", plan_entry.cell, {"name": name}, name=name)
        for name in plan_entry.CELLS
    ),
    path("measures/<int:pk>/note/", plan_entry.note, name="note"),
    path("measures/<int:pk>/years/<int:year>/", plan_entry.year, name="year"),
    path("measures/<int:pk>/indicators/new/", plan_entry.new_indicator, name="new_indicator"),
    path("indicators/<int:pk>/", plan_entry.indicator, name="indicator"),
    path("indicators/<int:pk>/years/new/", plan_entry.new_value, name="new_value"),
    path("indicators/years/<int:pk>/", plan_entry.value, name="value"),
    path("evidence/<int:pk>/", plans.evidence, name="evidence"),
]
