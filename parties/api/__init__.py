"""What the API's resources share, and the resources of this app."""

from parties.api.codelists import CodeList, CodeLists, choices, records
from parties.api.records import (
    CITED,
    HEAD,
    TAIL,
    CitedRow,
    InBothLanguages,
    RecordSerializer,
    Reference,
    ReferencesField,
    RowSerializer,
    SourcedSerializer,
    absolute,
    address_of,
    announce,
    both,
    reference,
)
from parties.api.schema import described
from parties.api.views import ReadOnly, Resource, UnknownAddress
from parties.api.writing import Removable, Writes, writing

__all__ = [
    "CITED",
    "HEAD",
    "TAIL",
    "CitedRow",
    "CodeList",
    "CodeLists",
    "InBothLanguages",
    "ReadOnly",
    "RecordSerializer",
    "Reference",
    "ReferencesField",
    "Removable",
    "Resource",
    "RowSerializer",
    "SourcedSerializer",
    "UnknownAddress",
    "Writes",
    "absolute",
    "address_of",
    "announce",
    "both",
    "choices",
    "described",
    "records",
    "reference",
    "writing",
]
