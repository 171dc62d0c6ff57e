"""The step `pivot_events`: from one row per event to one row with a column per event.

It is a spelling of an `aggregate` and a `columns` step. Of each event there are four columns: its
name is the moment at which it happened first (of some the last, `LAST_COUNTS`), `<name>_told`
whether anybody says that it did; `<name>_seen` and `<name>_readable` are the same without rows that
were handed in wrong. What is published in parts (`PUBLISHED_FIELDS`) has `<field>_at` and
`<field>_listed` for each part; its own moment is that of the last part, and it was told when all
parts were. The same holds of messages (`SENT_FIELDS`), which also have `<field>_stated` for a part
that they name, and `<name>_begun`. The sending of an allocation is told apart by
who received it.
"""

from __future__ import annotations

from czca_rules.rulebook.steps import Aggregate, Definition, PivotEvents, RelationForm, Step
from czca_rules.tables.process_tables import (
    APPLICATION_EVENTS,
    DAILY_EVENTS,
    PROVIDERS,
    PUBLISHED_FIELDS,
    SENT_FIELDS,
)

#: What the providers are told of capacity: an `allocation_sent` with them among the recipients.
TOLD_TO_PROVIDERS = "bsps_told_of_capacity"

#: Events of several actors or attempts, of which the last one counts.
LAST_COUNTS = frozenset({"methodology_approved", "bids_submitted"})

#: The moments of a market day that deadlines may name, and those of an application.
MOMENTS = {"daily": (*DAILY_EVENTS, TOLD_TO_PROVIDERS), "application": tuple(APPLICATION_EVENTS)}


def with_pivots_written_out(form: RelationForm) -> RelationForm:
    """The relation with every `pivot_events` step replaced by the steps that it stands for."""
    steps: list[Step] = []
    for step in form.steps:
        steps += _steps(step.pivot_events) if step.pivot_events is not None else [step]
    return form.model_copy(update={"steps": tuple(steps)})


def _steps(pivot: PivotEvents) -> list[Step]:
    gathered: dict[str, Definition] = {}
    columns: dict[str, Definition] = {}
    for moment in MOMENTS[pivot.of]:
        which = _which(moment)
        fields = {**PUBLISHED_FIELDS, **SENT_FIELDS}.get(moment, ())
        if fields:
            gathered |= _parts(which, fields)
            columns[moment] = _last_part([f"{field}_at" for field in fields])
            columns[f"{moment}_told"] = " and ".join(f"{field}_listed" for field in fields)
            gathered |= _stated(moment, which)
            continue
        first = "highest" if moment in LAST_COUNTS else "lowest"
        gathered |= {
            moment: f"{first}(at where {which})", f"{moment}_told": f"any({which})",
            f"{moment}_seen": f"{first}(at where {which} and readable)",
            f"{moment}_readable": f"any({which} and readable)"}
    if pivot.of == "daily":
        published = "event = 'allocation_published' and mtu_start is given"
        gathered["period_stated"] = f"any({published})"
        gathered["first_period_start"] = f"lowest(mtu_start where {published})"
    made = [Step(aggregate=Aggregate(by=pivot.by, columns=gathered))]
    return [*made, Step(columns=columns)] if columns else made


def _stated(moment: str, which: str) -> dict[str, Definition]:
    """Of a message that has to say what it holds: whether it was sent, and said to hold a part."""
    if moment not in SENT_FIELDS:
        return {}
    return {f"{moment}_begun": f"any({which})", **{
        f"{field}_stated": f"any({which} and detail has '{field}')"
        for field in SENT_FIELDS[moment]}}


def _parts(which: str, fields: tuple[str, ...]) -> dict[str, Definition]:
    """The parts of a publication; one that does not say what it holds is whole."""
    gathered: dict[str, Definition] = {}
    for field in fields:
        part = f"{which} and (detail is not given or detail has '{field}')"
        gathered[f"{field}_at"] = f"lowest(at where {part})"
        gathered[f"{field}_listed"] = f"any({part})"
    return gathered


def _which(moment: str) -> str:
    if moment == TOLD_TO_PROVIDERS:
        return f"event = 'allocation_sent' and recipients is given and recipients has '{PROVIDERS}'"
    if moment == "allocation_sent":
        return (f"event = '{moment}' and (recipients is not given or "
                f"not recipients has '{PROVIDERS}')")
    return f"event = '{moment}'"


def _last_part(parts: list[str]) -> str:
    """The last of some moments; `max` takes at most four."""
    while len(parts) > 4:
        parts = [f"max({', '.join(parts[:4])})", *parts[4:]]
    return f"max({', '.join(parts)})"
