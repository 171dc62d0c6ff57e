"""From strict YAML, or values of Python, to pydantic models, with every error at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from czca_rules.errors import Problem, near_miss
from czca_rules.strict_yaml import Located, LocatedList, Place

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[int | str, ...]

#: What pydantic ends a path with where it means the key of a mapping, not its value.
_KEY = "[key]"


class StrictModel(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def refuse(kind: str, found: str, expected: str, fix: str = "") -> PydanticCustomError:
    """An error of a validator whose parts become those of a problem."""
    return PydanticCustomError("refused", "{found}; expected {expected}", {
        "kind": kind, "found": found, "expected": expected, "fix": fix})


def shown(value: Any) -> str:
    """A value as a message names it, cut short."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"


def place_of(value: Any, path: Path, key: bool = False) -> Place | None:
    """The line and column of the node at a path, or of the nearest node above it."""
    place: Place | None = getattr(value, "place", None)
    for part in path:
        if isinstance(value, Located) and isinstance(part, str) and part in value:
            places = value.key_places if key and part == path[-1] else value.value_places
            place = places.get(part, place)
            value = value[part]
        elif isinstance(value, LocatedList) and isinstance(part, int) and part < len(value):
            place, value = value.value_places[part], value[part]
        # a part that is no node names a variant of a union; the place above it holds
    return place


def line_and_column(value: Any, path: Path,
                    key: bool = False) -> tuple[int | None, int | str | None]:
    """Line and column of a path in a file; for values of Python the path with dots."""
    if isinstance(value, Located | LocatedList):
        return place_of(value, path, key) or (1, 1)
    return None, ".".join(map(str, path)) or None


def place_inside(value: Any, path: Path, offset: int) -> Place | None:
    """The line and column of a character of the text at a path; nothing where no text stands."""
    for part in path[:-1]:
        named = isinstance(value, Located) and part in value
        listed = isinstance(value, LocatedList) and isinstance(part, int) and part < len(value)
        if named or listed:
            value = value[part]
    last: Any = path[-1] if path else None
    written = value.written.get(last) if isinstance(value, Located | LocatedList) else None
    if written is None or not isinstance(value[last], str):
        return None
    return written.place(value[last], offset)


def by_place(problem: Problem) -> tuple[int, int, str, str, str]:
    """A key that sorts problems of one file by line and column."""
    column = problem.column
    return (problem.line or 0, column if isinstance(column, int) else 0, str(column),
            problem.kind, problem.found)


def validate(model: type[Model], value: Any, file: str) -> tuple[Model | None, list[Problem]]:
    """Build a model; every error becomes a problem with its place, by line."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, sorted(set(_problems(error, model, value, file)), key=by_place)


def _problems(error: ValidationError, model: type[BaseModel], value: Any,
              file: str) -> Iterator[Problem]:
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # pydantic counts only the items that it could read; those are named
        path: Path = item["loc"]
        kind, found, expected, fix = _said(item, model, path)
        of_key = kind == "unknown_key" or path[-1:] == (_KEY,)
        path = path[:-1] if path[-1:] == (_KEY,) else path
        line, column = line_and_column(value, path, of_key)
        yield Problem(file, line, column, kind, found, expected, fix)


def _said(item: Any, model: type[BaseModel], path: Path) -> tuple[str, str, str, str]:
    """Kind, what was found, what is expected, what to do."""
    context, value = item.get("ctx", {}), item.get("input")
    last = str(path[-1]) if path else ""
    match item["type"]:
        case "refused":
            return context["kind"], context["found"], context["expected"], context["fix"]
        case "extra_forbidden":
            return "unknown_key", f"the unknown key `{last}`", "a known key", \
                near_miss(last, _known_keys(model, path[:-1]))
        case "missing" if last.isdigit():
            return "wrong_count", _count_shown(value), "two of them", ""
        case "missing":
            return "missing_key", f"no `{last}`", f"the key `{last}`", f"Add `{last}:` here."
        case "literal_error":
            words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            return "unknown_word", shown(value), "one of " + ", ".join(words), \
                near_miss(str(value), words)
        case "string_pattern_mismatch":
            pattern = context.get("pattern", "")
            return "bad_name", shown(value), _PATTERNS.get(
                pattern, f"text that matches `{pattern}`"), ""
        case "tuple_type" | "list_type":
            return "wrong_type", shown(value), "a list", "Write it in square brackets."
        case "model_type" | "dict_type" | "model_attributes_type":
            return "wrong_type", shown(value), "a mapping", ""
        case "too_short" | "too_long":
            return "wrong_count", _count_shown(value), _counted(context), ""
        case "less_than_equal":
            return "too_large", shown(value), f"at most {context['le']}", ""
        case "greater_than_equal":
            return "too_small", shown(value), f"at least {context['ge']}", ""
        case kind:
            said = str(item["msg"]).removeprefix("Value error, ").replace("Input should be ", "")
            wrong = kind.endswith(("_type", "_parsing"))
            return "wrong_type" if wrong else kind, shown(value), said, ""


#: Patterns of names in words.
_PATTERNS = {
    r"^[A-Z]{2}$": "two capital letters (ISO 3166)",
    r"^[0-9A-Z-]{16}$": "an EIC of 16 characters",
    r"^[a-z][a-z0-9_]*$": "a word of small letters, digits and underscores",
    r"^[a-z][a-z0-9-]*$": "a word of small letters, digits and hyphens",
    r"^[a-z0-9][a-z0-9_-]*$": "a word of small letters, digits, underscores and hyphens",
}


def _count_shown(value: Any) -> str:
    count = len(value) if isinstance(value, list | tuple | Mapping) else 0
    return "1 item" if count == 1 else f"{count or 'no'} items"


def _counted(context: Mapping[str, Any]) -> str:
    if "min_length" in context:
        return f"at least {context['min_length']}"
    return f"at most {context.get('max_length')}"


def _known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys of the model at a path; a part that names a model tells the variant of a union."""
    found: list[type[BaseModel]] = [model]
    for part in path:
        variant = [one for one in found if one.__name__ == part]
        fields = {info.alias or name: info for one in found
                  for name, info in one.model_fields.items()}
        if variant:
            found = variant
        elif part in fields:
            found = list(_models_in(fields[str(part)].annotation))
        # an index, or the key of a mapping of models, leads to the same models
    return [info.alias or name for one in found[:1] for name, info in one.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
