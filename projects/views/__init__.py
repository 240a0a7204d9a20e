"""Pages about projects, their parts, and deliveries."""

from projects.views.entry import (
    document_file,
    edit_delivery,
    edit_project,
    judge,
    measures,
    new_delivery,
    new_project,
    remove_delivery,
    remove_project,
)
from projects.views.pages import deliveries, project, project_list

__all__ = [
    "deliveries",
    "document_file",
    "edit_delivery",
    "edit_project",
    "judge",
    "measures",
    "new_delivery",
    "new_project",
    "project",
    "project_list",
    "remove_delivery",
    "remove_project",
]
