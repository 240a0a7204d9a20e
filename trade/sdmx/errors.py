"""What can be wrong with a question, in the numbers of the SDMX standard."""

from __future__ import annotations

from typing import ClassVar


class SdmxError(Exception):
    """A question that is not answered: HTTP status, code of the standard, and why in words."""

    status: ClassVar[int] = 500
    code: ClassVar[int] = 500

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NoResults(SdmxError):
    """The question is right and nothing answers it."""

    status, code = 404, 100


class WrongSyntax(SdmxError):
    """The address cannot be read."""

    status, code = 400, 140


class TooLarge(SdmxError):
    """More lines than one answer may read."""

    status, code = 413, 130


class TooManyDownloads(SdmxError):
    """As many answers are being sent as may be; ask again a little later."""

    status, code = 429, 503


class NotAcceptable(SdmxError):
    """None of the formats asked for is spoken here."""

    status, code = 406, 140


class NotImplementedHere(SdmxError):
    """The standard knows it, this service does not."""

    status, code = 501, 501
