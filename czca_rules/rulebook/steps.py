"""The closed list of derivations, as the forms that `derived.yaml` and `derived/*.yaml` may hold.

A relation starts from a table or another relation and goes through its steps in order. The steps:

- ``columns``: new columns by formula, or one formula per reading;
- ``lookup``: the one row of another relation with the given key;
- ``reverse``: the row of the opposite direction of the border;
- ``aggregate``: one row per group, the relation's new grain;
- ``rollup``: an aggregate over a group, set beside each of its rows;
- ``window``: an aggregate over the rows of another relation inside a span of time;
- ``as_of``: the row of another relation in force at an instant;
- ``pivot_events``: one row per group of events, a column for each event;
- ``function``: a named function of the domain, where none of these fits.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from czca_rules.strict_model import StrictModel

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Formula = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=3, strip_whitespace=True)]
Grain = Annotated[tuple[Word, ...], Field(min_length=1)]


class ByReading(StrictModel):
    """A column whose formula is a matter of reading."""

    reading: Word
    formulas: dict[str, Formula]


Definition = Formula | ByReading
Join = tuple[Word, ...] | dict[Word, Formula]


class Lookup(StrictModel):
    """The one row of another relation whose key equals the given formulas."""

    as_: Word = Field(alias="as")
    from_: Word = Field(alias="from")
    on: Join


class Reverse(StrictModel):
    """The row of the same relation with `from_zone` and `to_zone` exchanged."""

    as_: Word = Field(alias="as")


class Aggregate(StrictModel):
    """One row per group of equal `by` columns."""

    by: Grain
    columns: dict[Word, Definition]


class Rollup(StrictModel):
    """An aggregate over the rows that share `by`, set beside each of them under an alias."""

    as_: Word = Field(alias="as")
    by: Grain
    columns: dict[Word, Definition]


class Window(StrictModel):
    """An aggregate over another relation's rows inside a period; gaps make it unknown.

    Rows that reach over an edge are clipped. `gaps: allowed` is for sources that by their nature
    do not fill the period, such as one hour of every day.
    """

    as_: Word = Field(alias="as")
    from_: Word = Field(alias="from")
    on: Join
    over: Word | None = None
    between: tuple[Formula, Formula] | None = None
    gaps: Literal["refused", "allowed"] = "refused"
    columns: dict[Word, Definition]

    @model_validator(mode="after")
    def _one_span(self) -> Window:
        if (self.over is None) == (self.between is None):
            raise ValueError("either `over` (a period) or `between` (two instants)")
        return self


class AsOf(StrictModel):
    """The latest row of another relation that began at or before an instant and has not ended."""

    as_: Word = Field(alias="as")
    from_: Word = Field(alias="from")
    on: Join
    at: Formula
    since: Word
    until: Word | None = None


class Function(StrictModel):
    """Columns that a named function of the domain computes for each distinct key."""

    as_: Word = Field(alias="as")
    name: Word
    on: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")],
              ...]
    with_: dict[Word, Text] = Field(default={}, alias="with")


class PivotEvents(StrictModel):
    """One row per group of events, with a column for each event that there is: its moment."""

    by: Grain
    of: Literal["daily", "application"]


class Step(StrictModel):
    """One step of a relation: exactly one of the derivations."""

    columns: dict[Word, Definition] | None = None
    lookup: Lookup | None = None
    reverse: Reverse | None = None
    aggregate: Aggregate | None = None
    rollup: Rollup | None = None
    window: Window | None = None
    as_of: AsOf | None = None
    function: Function | None = None
    pivot_events: PivotEvents | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Step:
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one derivation in each step")
        return self

    @property
    def kind(self) -> str:
        """The name of the derivation."""
        return next(iter(self.model_fields_set))


class RelationForm(StrictModel):
    """A derived relation: where it starts, which rows, and its steps."""

    title: Text
    cite: Text
    from_: Word = Field(alias="from")
    where: Formula | None = None
    steps: tuple[Step, ...] = ()


_SHORTEST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Edge(StrictModel):
    """A day of a year counted from the year of delivery."""

    years: int = Field(ge=-20, le=20)
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)

    @model_validator(mode="after")
    def _in_every_year(self) -> Edge:
        if self.day > _SHORTEST[self.month - 1]:
            raise ValueError("a day that every year has")
        return self


class Period(StrictModel):
    """A period of reference by the year of delivery, in market time; `until` is excluded."""

    title: Text
    cite: Text
    from_: Edge = Field(alias="from")
    until: Edge

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        edges = [(edge.years, edge.month, edge.day) for edge in (self.from_, self.until)]
        if edges[0] >= edges[1]:
            raise ValueError("an end after the beginning")
        return self
