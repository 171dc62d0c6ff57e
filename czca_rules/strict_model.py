"""From strict YAML to pydantic models, with every error at its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from czca_rules.errors import Problem, near_miss
from czca_rules.strict_yaml import Located, LocatedList, Place

Model = TypeVar("Model", bound=BaseModel)


class StrictModel(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def place_of(value: Any, path: tuple[int | str, ...], key: bool = False) -> Place | None:
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


def validate(model: type[Model], value: Any, file: str) -> tuple[Model | None, list[Problem]]:
    """Build a model from strict YAML; every error becomes a problem with its place."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        problems = [_problem(model, value, file, item) for item in error.errors()]
        return None, sorted(set(problems), key=str)


def _problem(model: type[BaseModel], value: Any, file: str, item: Mapping[str, Any]) -> Problem:
    path = tuple(item["loc"])
    kind = str(item["type"])
    place = place_of(value, path, key=kind == "extra_forbidden") or (1, 1)
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        return Problem(file, place[0], place[1], "unknown_key", f"the key `{name}`",
                       "a key of this form", near_miss(name, known))
    if kind == "missing":
        return Problem(file, place[0], place[1], "missing_key", f"no `{name}`",
                       f"the key `{name}`", "Add it.")
    found = item.get("input")
    shown = f"`{found}`" if isinstance(found, str | int | bool) else f"a {type(found).__name__}"
    message = str(item["msg"]).removeprefix("Value error, ")
    choices = item.get("ctx", {}).get("expected")
    fix = ""
    if kind == "literal_error" and isinstance(found, str) and choices:
        fix = near_miss(found, [word.strip(" '") for word in
                                str(choices).replace(" or ", ",").split(",")])
    return Problem(file, place[0], place[1], kind, f"{name}: {shown}", message, fix)


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys of the model at a path, as far as it can be followed through annotations."""
    current: Any = model
    for part in path:
        if isinstance(part, int) or not _is_model(current):
            continue
        field = next((f for name, f in current.model_fields.items()
                      if part in (name, f.alias)), None)
        current = _inner_model(field.annotation) if field else None
        if current is None:
            return []
    return [f.alias or name for name, f in current.model_fields.items()] if _is_model(
        current) else []


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _inner_model(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None
