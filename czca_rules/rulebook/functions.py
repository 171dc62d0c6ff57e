"""The named functions that derivations may call, by what they take and what they give.

They exist where no derivation of the closed list fits, mostly because market time is involved;
what they compute stands in ``derive.named_functions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from czca_rules.rulebook.units import Type


@dataclass(frozen=True)
class FunctionSignature:
    """What a named function takes (sorts, in order) and the columns that it gives."""

    doc: str
    takes: tuple[str, ...]
    gives: Mapping[str, Type]


SIGNATURES: Mapping[str, FunctionSignature] = {
    "consolidation_period": FunctionSignature(
        "End of the consolidation period that begins at an instant, by the cooperation's length "
        "of it in market time (a calendar month if it says nothing).",
        takes=("instant",),
        gives={"until": Type("instant")},
    ),
}
