"""Reports in which every text that comes from outside is the same one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from picture_sample import rich_report
from report_sample import sample_content

from czca_rules.report.model import ReportModel

#: Texts that the program itself writes, that a schema bounds, or that are numbers and moments.
OWN = frozenset({
    "format", "verdict", "level", "stage", "stages", "outcome", "status", "legal_status", "sha256",
    "standing", "as_of", "from", "to", "since", "law_date", "tolerance", "effect_eur", "baseline"})
#: The same in pictures, where a day and a moment place things.
OWN_IN_PICTURES = OWN | {
    "market_day", "begins", "ends", "at", "opens", "closes", "closes_noted", "steps", "name",
    "failed_spans", "largest_excess", "excess_mwh", "excess_eur"}
#: Mappings whose names come from outside too.
NAMED_OUTSIDE = frozenset({"key", "reading", "readings", "settled", "sender_readings"})


@functools.cache
def report_of(text: str) -> ReportModel:
    """The handmade report with one text in all places: names, files, keys, messages, readings."""
    content = _replaced(sample_content(), text, OWN)
    content["scope"]["baseline"] = "0" * 64
    pictures = rich_report().pictures.model_dump(by_alias=True)
    content["pictures"] = _replaced(pictures, text, OWN_IN_PICTURES)
    return ReportModel.model_validate(content)


def _replaced(value: Any, text: str, own: frozenset[str], name: str = "") -> Any:
    if name in own:
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, Mapping):
        found = {key: _replaced(item, text, own, str(key)) for key, item in value.items()}
        if name in NAMED_OUTSIDE and found:
            # A name from outside, and those that writers look for.
            return {text: text, **(found if name == "key" else {})}
        return found
    if isinstance(value, (list, tuple)):
        return [_replaced(item, text, own) for item in value]
    return value
