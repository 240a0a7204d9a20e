"""From the files to rows. Every mistake is named by file, code and field, and all are named at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import models

from cooperation.facts.nouns import CITATIONS, NOUNS, AnyField, Noun
from documents.models import Fact

DATA = Path(__file__).parent / "data"
LANGUAGES = ("ru", "en")
BOOLEANS = {"true": True, "false": False}


class FactsError(ValueError):
    """The files say something that cannot be loaded."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Row:
    """One row as the files state it; `values` are keyed by field, references are codes."""

    noun: Noun
    file: str
    code: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.code}"


class PlainText(yaml.BaseLoader):
    """Reads each scalar as the text that stands there, and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, __ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"key given twice: {sorted(twice)}", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def read_facts(folder: Path = DATA) -> list[Row]:
    """Return all rows of the files, parents before children; raise `FactsError` if anything is wrong."""
    reader = Reader()
    for noun in NOUNS:
        reader.read_file(folder / f"{noun.key}.yaml", noun)
    reader.check_that_facts_are_held()
    if reader.problems:
        raise FactsError(reader.problems)
    return reader.rows


class Reader:
    """Collects rows, the codes seen so far and the problems found."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.problems: list[str] = []
        self.codes: defaultdict[type[models.Model], set[str]] = defaultdict(set)

    def read_file(self, path: Path, noun: Noun) -> None:
        try:
            entries = PlainText(path.read_text(encoding="utf-8")).get_single_data()
        except (OSError, yaml.YAMLError) as error:
            self.problems.append(f"{path.name}: cannot be read: {error}")
            return
        self.read_list(entries, noun, path.name, within=path.name, parent=None)

    def read_list(self, entries: Any, noun: Noun, file: str, *, within: str, parent: str | None) -> None:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problems.append(f"{within}: {noun.key}: not a list of rows")
            return
        for entry in entries:
            self.read_row(entry, noun, file, within=within, parent=parent)

    def read_row(self, entry: dict[str, Any], noun: Noun, file: str, *, within: str, parent: str | None) -> None:
        code = entry.get("code", "")
        if not isinstance(code, str) or not code:
            self.problems.append(f"{within}: {noun.key}: code: missing in {entry}")
            return
        place = f"{file}: {code}"
        if code in self.codes[noun.model]:
            self.problems.append(f"{place}: code: given twice")
        nested = {child.key: child for child in noun.children}
        own = {key: value for key, value in entry.items() if key not in nested}
        if parent is not None:
            own[noun.parent_field] = parent
        self.rows.append(Row(noun, file, code, self.values(own, noun, place)))
        self.codes[noun.model].add(code)
        for key, child in nested.items():
            self.read_list(entry.get(key, []), child, file, within=place, parent=code)

    def values(self, own: dict[str, Any], noun: Noun, place: str) -> dict[str, Any]:
        """Return the value of every field; a field that the file leaves out has its default."""
        keys = {noun.key_of(field) for field in noun.fields}
        self.problems += [f"{place}: {key}: unknown key" for key in own if key not in keys]
        texts = {key: self.languages(own[key], f"{place}: {key}") for key in noun.localised & own.keys()}
        values: dict[str, Any] = {}
        for field in noun.fields:
            key = noun.key_of(field)
            given = texts[key][field.name[-2:]] if key in texts else own.get(key)
            values[field.name] = self.value(given, field, f"{place}: {key}")
        return values

    def languages(self, given: Any, place: str) -> dict[str, str]:
        """Return a text in both languages."""
        texts = given if isinstance(given, dict) else {}
        missing = [language for language in LANGUAGES if not texts.get(language)]
        if missing or len(texts) > len(LANGUAGES):
            self.problems.append(f"{place}: must have exactly ru and en, missing: {', '.join(missing) or 'none'}")
        return {language: str(texts.get(language) or "?").strip() for language in LANGUAGES}

    def value(self, given: Any, field: AnyField, place: str) -> Any:
        """Return the value as the field keeps it; a reference stays the code it names."""
        if isinstance(field, models.ForeignKey):
            return self.reference(given or None, field, place)
        if given is None or (given == "" and field.null):
            given = field.get_default() if field.name != "code" else None
        elif isinstance(field, models.BooleanField):
            given = BOOLEANS.get(given, given)
        elif field.name in CITATIONS:
            given = self.citations(given, field.name, place)
        try:
            return field.clean(given, None)
        except ValidationError as error:
            self.problems.append(f"{place}: {' '.join(error.messages)}")
            return None

    def reference(self, given: Any, field: models.ForeignKey[Any, Any], place: str) -> str | None:
        if given is None:
            if not field.null:
                self.problems.append(f"{place}: missing")
        elif given not in self.codes[field.related_model]:
            self.problems.append(f"{place}: unknown reference {given!r} (it must stand above)")
        return given

    def citations(self, given: Any, name: str, place: str) -> list[str]:
        if not isinstance(given, list):
            self.problems.append(f"{place}: not a list of codes")
            return []
        unknown = [code for code in given if code not in self.codes[CITATIONS[name][1]]]
        self.problems += [f"{place}: unknown reference {code!r}" for code in unknown]
        return given

    def check_that_facts_are_held(self) -> None:
        """Each fact must be held by a record, else nobody finds it on a page of its noun."""
        held = {fact for row in self.rows for fact in row.values.get("fact_ids") or ()}
        self.problems += [
            f"{row.file}: {row.code}: no record holds this fact"
            for row in self.rows
            if row.noun.model is Fact and row.code not in held
        ]


def of_noun(rows: list[Row], noun: Noun) -> list[Row]:
    """Return the rows of one noun."""
    return [row for row in rows if row.noun is noun]
