"""Addresses of SDMX read: which artefacts or data a path of either dialect names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from trade.sdmx.codelists import code_lists
from trade.sdmx.concepts import AGENCY, FLOW, SCHEME, STRUCTURE, VERSION
from trade.sdmx.errors import NoResults, NotImplementedHere, WrongSyntax
from trade.sdmx.structures import Structures

ANY = {"all", "*"}
LATEST = {"latest", "~", "+", *ANY}
VERSIONS = {VERSION, f"{VERSION}.0", *LATEST}
KINDS = ("dataflow", "datastructure", "conceptscheme", "codelist")
"""Kinds of artefacts there are, from the top of the references down."""
_IDS = {"dataflow": FLOW, "datastructure": STRUCTURE, "conceptscheme": SCHEME}
_BELOW = {
    "dataflow": {"datastructure"},
    "datastructure": {"conceptscheme", "codelist"},
    "conceptscheme": set[str](),
    "codelist": set[str](),
}
_REFERENCES = ("none", "parents", "parentsandsiblings", "ancestors", "children", "descendants", "all", *KINDS)
_DETAILS = ("full", "raw", "referencepartial", "allstubs", "allcompletestubs")
_OTHER_DETAILS = ("referencestubs", "referencecompletestubs")


@dataclass(frozen=True)
class Wanted:
    """A request for structures: the kinds that the message holds, ids of code lists (None for all), stubs or whole."""

    kinds: frozenset[str]
    lists: frozenset[str] | None = None
    is_stub: bool = False


def structures_wanted(segments: Sequence[str], params: Mapping[str, str]) -> Wanted:
    """Return what `{kind}/{agency}/{id}/{version}` asks for; raise `NoResults` for what is not here."""
    kind, agency, identity, version, *rest = [*segments, *("all", "all", "latest")[len(segments) - 1 :]]
    if rest:
        raise WrongSyntax(_("An address of structures is {kind}/{agency}/{id}/{version}."))
    asked = set(KINDS) if kind in ANY or kind == "structure" else {kind}
    if not asked <= set(KINDS):
        raise NoResults(
            _("There is no %(kind)s here. There are: %(names)s.") % {"kind": kind, "names": ", ".join(KINDS)}
        )
    if not _names(agency) & {AGENCY, *ANY} or not _names(version) & VERSIONS:
        raise NoResults(_("All structures are of the agency %(agency)s, version %(version)s.") % _OWN)
    ids = _names(identity)
    lists: frozenset[str] | None = None
    if not ids & ANY:
        lists = frozenset(ids)
        asked = {one for one in asked if one == "codelist" or _IDS[one] in ids}
    references = params.get("references", "none")
    if references not in _REFERENCES:
        raise WrongSyntax(_not_allowed("references", references, _REFERENCES))
    more = _referred(asked, references)
    if "codelist" in more - asked:
        lists = None
    return Wanted(frozenset(asked | more), lists, _is_stub(params.get("detail", "full")))


_OWN = {"agency": AGENCY, "version": VERSION}


def _names(segment: str) -> set[str]:
    """Return the alternatives of a part of an address: `A,B` and, in REST 1.5, `A+B`."""
    return {segment} if segment == "+" else set(segment.replace("+", ",").split(","))


def _referred(asked: set[str], references: str) -> set[str]:
    """Return the kinds that come along."""
    if references in KINDS:
        return {references}
    above = {kind for kind in KINDS if _BELOW[kind] & asked}
    below = {other for kind in asked for other in _BELOW[kind]}
    if references in ("all", "ancestors") or (references == "descendants" and "dataflow" in asked):
        return set(KINDS) if references != "ancestors" else above | {"dataflow"} - asked
    if references in ("children", "descendants"):
        return below
    if references == "parents":
        return above
    if references == "parentsandsiblings":
        return above | {other for kind in above for other in _BELOW[kind]}
    return set()


def _is_stub(detail: str) -> bool:
    if detail in _OTHER_DETAILS:
        raise NotImplementedHere(_("detail: “%(value)s” is not supported.") % {"value": detail})
    if detail not in _DETAILS:
        raise WrongSyntax(_not_allowed("detail", detail, _DETAILS))
    return detail.endswith("stubs")


def _not_allowed(name: str, value: str, allowed: Sequence[str]) -> str:
    return _("%(name)s: “%(value)s” is not allowed. Allowed: %(names)s.") % {
        "name": name,
        "value": value[:80],
        "names": ", ".join(allowed),
    }


def read_structures(wanted: Wanted) -> Structures:
    """Return the artefacts (at most 10 queries); raise `NoResults` where none has the id asked for."""
    lists = code_lists() if "codelist" in wanted.kinds else ()
    if wanted.lists is not None:
        lists = tuple(one for one in lists if one.id in wanted.lists)
    content = Structures(
        has_flow="dataflow" in wanted.kinds,
        has_structure="datastructure" in wanted.kinds,
        has_scheme="conceptscheme" in wanted.kinds,
        lists=lists,
        is_stub=wanted.is_stub,
    )
    if not (content.has_flow or content.has_structure or content.has_scheme or content.lists):
        raise NoResults(_("There is no structure with this id."))
    return content


def check_flow_1(flow: str, provider: str) -> None:
    """Raise `NoResults` unless the flow (`TRADE`, `TOMSK,TRADE,1.0`) and the provider are ours."""
    names = flow.split(",")
    if len(names) > 3:
        raise WrongSyntax(_("A dataflow is {id}, {agency},{id} or {agency},{id},{version}."))
    agency, identity, version = {1: ("all", *names, "latest"), 2: (*names, "latest"), 3: tuple(names)}[len(names)]
    check_flow_2(agency, identity, version)
    if not _names(provider) & {AGENCY, f"{AGENCY},{AGENCY}", *ANY}:
        raise NoResults(_("The only provider of data is %(agency)s.") % _OWN)


def check_flow_2(agency: str, identity: str, version: str) -> None:
    """Raise `NoResults` unless the dataflow is ours."""
    if not (_names(agency) & {AGENCY, *ANY} and _names(identity) & {FLOW, *ANY} and _names(version) & VERSIONS):
        raise NoResults(_("The only dataflow is %(agency)s:%(flow)s(%(version)s).") % {**_OWN, "flow": FLOW})
