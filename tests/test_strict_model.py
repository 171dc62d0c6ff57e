"""Models from strict YAML: every error with the place it stands at and what was meant."""

from __future__ import annotations

from typing import Literal

from czca_rules.errors import Problem
from czca_rules.strict_model import StrictModel, refuse, shown, validate
from czca_rules.strict_yaml import parse_yaml


class Round(StrictModel):
    """A shape with a radius."""

    kind: Literal["round"]
    radius: int


class Square(StrictModel):
    """A shape with a side."""

    kind: Literal["square"]
    side: int


class Drawing(StrictModel):
    """A drawing of shapes."""

    title: str
    shapes: tuple[Round | Square, ...] = ()
    frame: Square | None = None


def problems(text: str) -> list[Problem]:
    value, faults = parse_yaml(text, "a.yaml")
    assert not faults
    built, found = validate(Drawing, value, "a.yaml")
    assert built is None
    return found


def test_errors_stand_at_their_place_in_order() -> None:
    found = problems("titel: x\nframe: {kind: sqare, side: a, sid: 1}\n")
    assert [(item.line, item.column, item.kind) for item in found] == [
        (1, 1, "missing_key"), (1, 1, "unknown_key"), (2, 15, "unknown_word"),
        (2, 28, "wrong_type"), (2, 31, "unknown_key")]
    said = "\n".join(map(str, found))
    for hint in ("title", "square", "side"):
        assert f"Did you mean `{hint}`?" in said


def test_a_variant_of_a_union_gives_its_own_keys() -> None:
    found = problems("title: x\nshapes: [{kind: square, side: 1, sidd: 2}]\n")
    assert any(item.fix == "Did you mean `side`?" and item.line == 2 for item in found)


def test_values_of_python_are_named_by_path() -> None:
    built, found = validate(Drawing, {"title": "x", "frame": {"kind": "square"}}, "frame")
    assert built is None
    assert [(item.line, item.column, item.kind) for item in found] == [
        (None, "frame.side", "missing_key")]


def test_what_a_message_shows_is_short() -> None:
    assert [shown(value) for value in (None, {}, [], True, 3, "x" * 70)] == [
        "nothing", "a mapping", "a list", "`true`", "`3`", f"`{'x' * 60}…`"]
    assert refuse("k", "this", "that").message() == "this; expected that"
