"""Paper as the answer to a request."""

from __future__ import annotations

from django.http import HttpResponse

from agreements.files.paper import Paper
from agreements.files.word import as_docx
from agreements.files.workbook import as_xlsx
from documents.uploads import TYPES

_WRITERS = {"docx": as_docx, "xlsx": as_xlsx}


def answer_with(paper: Paper, name: str, form: str) -> HttpResponse:
    """Answer with the paper as a file that is never opened inside the browser."""
    response = HttpResponse(_WRITERS[form](paper), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
