"""Errors of a manifest as problems: where each stands and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from czca_rules.errors import Problem, near_miss
from czca_rules.strict_yaml import Located, LocatedList
from czca_rules.tables.manifest_words import shown

Path = tuple[str | int, ...]


def place_of(data: Any, path: Path, of_key: bool = False) -> tuple[int | None, int | str | None]:
    """Line and column of the deepest part of a path that exists; a dotted path for plain data."""
    if not isinstance(data, Located):
        dotted = ".".join(str(part) for part in path if part != "[key]")
        return None, dotted or None
    here: Any = data
    place = data.place
    for index, part in enumerate(path):
        if isinstance(here, Located) and part in here:
            last = index == len(path) - 1
            place = here.key_places[str(part)] if of_key and last \
                else here.value_places[str(part)]
            here = here[str(part)]
        elif isinstance(here, LocatedList) and isinstance(part, int) and part < len(here):
            place = here.value_places[part]
            here = here[part]
        elif part != "[key]":
            break
    return place


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that describes the mapping at a path."""
    here: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int):
            continue
        if here is None:
            return None
        fields = {info.alias or name: info for name, info in here.model_fields.items()}
        here = _model_in(fields[part].annotation) if part in fields else None
    return here


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def field_problems(error: ValidationError, model: type[BaseModel], data: Any,
                   shown_as: str) -> Iterator[Problem]:
    """Every error of the model as a problem with its place."""
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and len(item["input"]):
            continue  # pydantic counts only the items that it could read; those are named
        path: Path = item["loc"]
        kind, found, expected, fix = _said(item, model, path)
        of_key = kind == "unknown_key" or path[-1:] == ("[key]",)
        target = path[:-1] if kind == "missing_key" or path[-1:] == ("[key]",) else path
        line, column = place_of(data, target, of_key)
        if kind == "missing_key" and line is None:
            column = ".".join(map(str, path))
        yield Problem(shown_as, line, column, kind, found, expected, fix)


def _said(item: Any, model: type[BaseModel], path: Path) -> tuple[str, str, str, str]:
    context = item.get("ctx", {})
    last = str(path[-1]) if path else ""
    match item["type"]:
        case "refused":
            return context["kind"], context["found"], context["expected"], context["fix"]
        case "extra_forbidden":
            owner = _model_at(model, path[:-1])
            known = [info.alias or name for name, info in owner.model_fields.items()] \
                if owner else []
            return "unknown_key", f"the unknown key `{last}`", "a known key", \
                near_miss(last, known)
        case "missing" if last.isdigit():
            return "wrong_count", _count_shown(item["input"]), "two of them", ""
        case "missing":
            return "missing_key", f"no `{last}`", f"the key `{last}`", f"Add `{last}:` here."
        case "literal_error":
            words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            return "unknown_word", shown(item["input"]), "one of " + ", ".join(words), \
                near_miss(str(item["input"]), words)
        case "string_pattern_mismatch":
            return "bad_name", shown(item["input"]), _PATTERNS.get(
                context.get("pattern", ""), "another spelling"), ""
        case "tuple_type" | "list_type":
            return "wrong_type", shown(item["input"]), "a list", "Write it in square brackets."
        case "model_type" | "dict_type" | "model_attributes_type":
            return "wrong_type", shown(item["input"]), "a mapping", ""
        case "too_short" | "too_long":
            return "wrong_count", _count_shown(item["input"]), _counted(context), ""
        case "less_than_equal":
            return "too_large", shown(item["input"]), f"at most {context['le']}", ""
        case "greater_than_equal":
            return "too_small", shown(item["input"]), f"at least {context['ge']}", ""
        case kind:
            return "wrong_type" if kind.endswith("_type") else kind, shown(item["input"]), \
                str(item["msg"]).replace("Input should be ", ""), ""


_PATTERNS = {r"^[A-Z]{2}$": "two capital letters (ISO 3166)",
             r"^[0-9A-Z-]{16}$": "an EIC of 16 characters"}


def _count_shown(value: Any) -> str:
    count = len(value) if isinstance(value, list | tuple | Mapping) else 0
    return "1 item" if count == 1 else f"{count or 'no'} items"


def _counted(context: Mapping[str, Any]) -> str:
    if "min_length" in context:
        return f"at least {context['min_length']}"
    return f"at most {context.get('max_length')}"
