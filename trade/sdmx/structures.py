"""Structure messages: dataflow, structure, concepts, code lists, constraint, in SDMX-ML 2.1 and SDMX-JSON 2.0.

Names stand in both languages. (pysdmx, which could write these messages, keeps one language of names.)
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from trade.sdmx.concepts import (
    AGENCY,
    ATTRIBUTES,
    COMPONENTS,
    CONSTRAINT_NAME,
    DIMENSIONS,
    FLOW,
    FLOW_DESCRIPTION,
    FLOW_NAME,
    FLOW_URN,
    OBS_VALUE,
    SCHEME,
    SCHEME_NAME,
    STRUCTURE,
    STRUCTURE_NAME,
    STRUCTURE_URN,
    TIME_PERIOD,
    VERSION,
    CodeList,
    Component,
    Name,
    urn,
)

CONSTRAINT = f"{FLOW}_AVAILABLE"
_MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
_STRUCTURE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
_COMMON = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
_JSON_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)
_AT = f'agencyID="{AGENCY}" version="{VERSION}" isFinal="false"'
_STUB = f'{_AT} isExternalReference="true"'


@dataclass(frozen=True)
class Available:
    """What there is: the codes in use of the dimensions that are told, and the first and last day (ISO 8601)."""

    codes: dict[str, tuple[str, ...]]
    first: str
    last: str


@dataclass(frozen=True)
class Structures:
    """Which artefacts a message holds; stubs are their names without what is in them."""

    has_flow: bool = False
    has_structure: bool = False
    has_scheme: bool = False
    lists: Sequence[CodeList] = field(default=())
    available: Available | None = None
    is_stub: bool = False


# SDMX-ML 2.1 ----------------------------------------------------------------------------------------------------


def structure_xml(content: Structures, prepared: dt.datetime) -> Iterator[str]:
    """Yield a structure message of SDMX-ML 2.1."""
    stamp = prepared.astimezone(dt.UTC)
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Structure xmlns:mes="{_MESSAGE}" xmlns:str="{_STRUCTURE}"'
        f' xmlns:com="{_COMMON}">\n<mes:Header><mes:ID>{FLOW}_{stamp:%Y%m%d%H%M%S%f}</mes:ID><mes:Test>false</mes:Test>'
        f"<mes:Prepared>{stamp:%Y-%m-%dT%H:%M:%SZ}</mes:Prepared>"
        f'<mes:Sender id="{AGENCY}"/></mes:Header>\n<mes:Structures>\n'
    )
    at = _STUB if content.is_stub else _AT
    if content.has_flow:
        structure = (
            f'<str:Structure><Ref agencyID="{AGENCY}" id="{STRUCTURE}" version="{VERSION}" class="DataStructure"'
            ' package="datastructure"/></str:Structure>'
        )
        yield (
            f'<str:Dataflows><str:Dataflow id="{FLOW}" urn="{FLOW_URN}" {at}>{_names(FLOW_NAME)}'
            f"{_names(FLOW_DESCRIPTION, 'Description')}{'' if content.is_stub else structure}"
            "</str:Dataflow></str:Dataflows>\n"
        )
    if content.lists:
        yield "<str:Codelists>\n"
        for code_list in content.lists:
            yield from _codelist_xml(code_list, is_stub=content.is_stub)
        yield "</str:Codelists>\n"
    if content.has_scheme:
        kept = () if content.is_stub else COMPONENTS
        concepts = "".join(
            f'<str:Concept id="{one.id}">{_names(one.name)}{_representation_xml(one, "Core")}</str:Concept>\n'
            for one in kept
        )
        yield (
            f'<str:Concepts><str:ConceptScheme id="{SCHEME}" urn="{urn("conceptscheme.ConceptScheme", SCHEME)}" {at}>'
            f"{_names(SCHEME_NAME)}\n{concepts}</str:ConceptScheme></str:Concepts>\n"
        )
    if content.has_structure:
        yield (
            f'<str:DataStructures><str:DataStructure id="{STRUCTURE}" urn="{STRUCTURE_URN}" {at}>'
            f"{_names(STRUCTURE_NAME)}{'' if content.is_stub else _components_xml()}"
            "</str:DataStructure></str:DataStructures>\n"
        )
    if content.available:
        yield _constraint_xml(content.available)
    yield "</mes:Structures>\n</mes:Structure>\n"


def _names(name: Name, element: str = "Name") -> str:
    return (
        f'<com:{element} xml:lang="ru">{escape(name.ru)}</com:{element}>'
        f'<com:{element} xml:lang="en">{escape(name.en)}</com:{element}>'
    )


def _codelist_xml(code_list: CodeList, *, is_stub: bool) -> Iterator[str]:
    at = _STUB if is_stub else _AT
    yield (
        f'<str:Codelist id="{code_list.id}" urn="{urn("codelist.Codelist", code_list.id)}" {at}>'
        f"{_names(code_list.name)}\n"
    )
    for code in () if is_stub else code_list.codes:
        parent = f"<str:Parent><Ref id={quoteattr(code.parent)}/></str:Parent>" if code.parent else ""
        yield f"<str:Code id={quoteattr(code.id)}>{_names(code.name)}{parent}</str:Code>\n"
    yield "</str:Codelist>\n"


def _concept_xml(component: Component) -> str:
    return (
        f'<str:ConceptIdentity><Ref id="{component.id}" maintainableParentID="{SCHEME}" agencyID="{AGENCY}"'
        f' maintainableParentVersion="{VERSION}" class="Concept" package="conceptscheme"/></str:ConceptIdentity>'
    )


def _representation_xml(component: Component, kind: str = "Local") -> str:
    if component.codelist:
        inner = (
            f'<str:Enumeration><Ref id="{component.codelist}" agencyID="{AGENCY}" version="{VERSION}"'
            ' class="Codelist" package="codelist"/></str:Enumeration>'
        )
    else:
        inner = f'<str:TextFormat textType="{_text_type(component)}"/>'
    return f"<str:{kind}Representation>{inner}</str:{kind}Representation>"


def _text_type(component: Component) -> str:
    if component is TIME_PERIOD:
        return "ObservationalTimePeriod"
    # Of decimals pysdmx makes texts in a data frame; figures of trade fit into a double.
    return "Double" if component is OBS_VALUE else "String"


def _components_xml() -> str:
    parts = ['<str:DataStructureComponents>\n<str:DimensionList id="DimensionDescriptor">\n']
    for position, dimension in enumerate((*DIMENSIONS, TIME_PERIOD), 1):
        element = "TimeDimension" if dimension is TIME_PERIOD else "Dimension"
        parts.append(
            f'<str:{element} id="{dimension.id}" position="{position}">{_concept_xml(dimension)}'
            f"{_representation_xml(dimension)}</str:{element}>\n"
        )
    parts.append('</str:DimensionList>\n<str:AttributeList id="AttributeDescriptor">\n')
    for attribute in ATTRIBUTES:
        relation = f'<str:PrimaryMeasure><Ref id="{OBS_VALUE.id}"/></str:PrimaryMeasure>'
        if attribute.is_common:
            relation = "<str:None/>"
        parts.append(
            f'<str:Attribute id="{attribute.id}" assignmentStatus="Conditional">{_concept_xml(attribute)}'
            f"{_representation_xml(attribute)}<str:AttributeRelationship>{relation}</str:AttributeRelationship>"
            "</str:Attribute>\n"
        )
    parts.append(
        f'</str:AttributeList>\n<str:MeasureList id="MeasureDescriptor"><str:PrimaryMeasure id="{OBS_VALUE.id}">'
        f"{_concept_xml(OBS_VALUE)}{_representation_xml(OBS_VALUE)}</str:PrimaryMeasure></str:MeasureList>\n"
        "</str:DataStructureComponents>"
    )
    return "".join(parts)


def _constraint_xml(available: Available) -> str:
    keys = []
    for name, codes in available.codes.items():
        values = "".join(f"<com:Value>{escape(code)}</com:Value>" for code in codes)
        keys.append(f'<com:KeyValue id="{name}">{values}</com:KeyValue>\n')
    keys.append(
        f'<com:KeyValue id="{TIME_PERIOD.id}"><com:TimeRange><com:StartPeriod isInclusive="true">{available.first}'
        f'</com:StartPeriod><com:EndPeriod isInclusive="true">{available.last}</com:EndPeriod></com:TimeRange>'
        "</com:KeyValue>\n"
    )
    return (
        f'<str:Constraints><str:ContentConstraint id="{CONSTRAINT}" {_AT} type="Actual">{_names(CONSTRAINT_NAME)}'
        f'<str:ConstraintAttachment><str:Dataflow><Ref agencyID="{AGENCY}" id="{FLOW}" version="{VERSION}"'
        ' class="Dataflow" package="datastructure"/></str:Dataflow></str:ConstraintAttachment>'
        f'<str:CubeRegion include="true">\n{"".join(keys)}</str:CubeRegion></str:ContentConstraint></str:Constraints>\n'
    )


# SDMX-JSON 2.0 --------------------------------------------------------------------------------------------------


def structure_json(content: Structures, prepared: dt.datetime, language: str) -> Iterator[str]:
    """Yield a structure message of SDMX-JSON 2.0; `name` is in the language, `names` in both."""
    writer = _Json(language, content.is_stub)
    data: dict[str, Any] = {}
    if content.has_flow:
        inside = writer.inside({"structure": STRUCTURE_URN})
        data["dataflows"] = [writer.maintained(FLOW, FLOW_NAME) | writer.text("description", FLOW_DESCRIPTION) | inside]
    if content.has_structure:
        data["dataStructures"] = [writer.structure()]
    if content.has_scheme:
        concepts = [writer.item(one.id, one.name) for one in COMPONENTS]
        data["conceptSchemes"] = [writer.maintained(SCHEME, SCHEME_NAME) | writer.inside({"concepts": concepts})]
    if content.lists:
        data["codelists"] = [writer.codelist(code_list) for code_list in content.lists]
    if content.available:
        data["dataConstraints"] = [writer.constraint(content.available)]
    stamp = prepared.astimezone(dt.UTC)
    meta = {
        "schema": _JSON_SCHEMA,
        "id": f"{FLOW}_{stamp:%Y%m%d%H%M%S%f}",
        "prepared": f"{stamp:%Y-%m-%dT%H:%M:%SZ}",
        "contentLanguages": [language],
        "sender": {"id": AGENCY},
    }
    yield json.dumps({"meta": meta, "data": data}, ensure_ascii=False, separators=(",", ":"))


class _Json:
    """Writes artefacts as SDMX-JSON 2.0 wants them."""

    def __init__(self, language: str, is_stub: bool) -> None:
        self.language, self.is_stub = language, is_stub

    def inside(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return what is in an artefact; nothing for a stub."""
        return {"isExternalReference": True} if self.is_stub else content

    def text(self, element: str, name: Name) -> dict[str, Any]:
        both = {"ru": name.ru, "en": name.en}
        return {element: both[self.language], f"{element}s": both}

    def item(self, identity: str, name: Name) -> dict[str, Any]:
        return {"id": identity, **self.text("name", name)}

    def maintained(self, identity: str, name: Name) -> dict[str, Any]:
        return {"agencyID": AGENCY, "version": VERSION, **self.item(identity, name)}

    def codelist(self, code_list: CodeList) -> dict[str, Any]:
        codes = [
            self.item(code.id, code.name) | ({"parent": code.parent} if code.parent else {}) for code in code_list.codes
        ]
        return self.maintained(code_list.id, code_list.name) | self.inside({"codes": codes})

    def structure(self) -> dict[str, Any]:
        dimensions = [self._component(one) | {"position": place} for place, one in enumerate(DIMENSIONS)]
        attributes = []
        for one in ATTRIBUTES:
            relation: dict[str, Any] = {"dataflow": {}} if one.is_common else {"observation": {}}
            attributes.append(self._component(one) | {"attributeRelationship": relation, "usage": "optional"})
        components = {
            "dimensionList": {
                "id": "DimensionDescriptor",
                "dimensions": dimensions,
                "timeDimension": self._component(TIME_PERIOD),
            },
            "attributeList": {"id": "AttributeDescriptor", "attributes": attributes},
            "measureList": {
                "id": "MeasureDescriptor",
                "measures": [self._component(OBS_VALUE) | {"usage": "optional"}],
            },
        }
        return self.maintained(STRUCTURE, STRUCTURE_NAME) | self.inside({"dataStructureComponents": components})

    def _component(self, component: Component) -> dict[str, Any]:
        if component.codelist:
            representation: dict[str, Any] = {"enumeration": urn("codelist.Codelist", component.codelist)}
        else:
            representation = {"format": {"dataType": _text_type(component)}}
        return {
            "id": component.id,
            "conceptIdentity": f"{urn('conceptscheme.Concept', SCHEME)}.{component.id}",
            "localRepresentation": representation,
        }

    def constraint(self, available: Available) -> dict[str, Any]:
        keys: list[dict[str, Any]] = [
            {"id": name, "include": True, "values": [{"value": code} for code in codes]}
            for name, codes in available.codes.items()
        ]
        span = {
            "startPeriod": {"period": available.first, "isInclusive": True},
            "endPeriod": {"period": available.last, "isInclusive": True},
        }
        keys.append({"id": TIME_PERIOD.id, "include": True, "timeRange": span})
        return self.maintained(CONSTRAINT, CONSTRAINT_NAME) | {
            "role": "Actual",
            "constraintAttachment": {"dataflows": [FLOW_URN]},
            "cubeRegions": [{"include": True, "keyValues": keys}],
        }
