"""Files on their way from a browser to the disk: never in memory, and never more than is allowed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

FORM_BYTES = 1 << 20
"""What a form may have besides its file."""


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes the file to disk. One that is too large is read to its end and thrown away: the browser gets an answer.

    too_large    size of the request in bytes, where it is too large
    """

    too_large = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 – named by Django
        content_length: Any,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.IMPORT_MAX_BYTES + FORM_BYTES:
            self.too_large = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_large:
            raise SkipFile
        super().new_file(*args, **kwargs)
