"""The named functions that derivations may call, by what they take and what they give.

They exist where no derivation of the closed list fits, mostly because market time is involved;
what they compute stands in ``derive.named_functions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from czca_rules.rulebook.units import UNITS, Type


@dataclass(frozen=True)
class FunctionSignature:
    """What a named function takes (sorts, in order), the constants given to it, what it gives."""

    doc: str
    takes: tuple[str, ...]
    gives: Mapping[str, Type]
    given: tuple[str, ...] = ()


_INSTANT = Type("instant")
_AMOUNT = Type("quantity", UNITS["EUR"], 24, 6)

SIGNATURES: Mapping[str, FunctionSignature] = {
    "consolidation_period": FunctionSignature(
        "End of the consolidation period that begins at an instant, by the cooperation's length "
        "of it in market time (a calendar month if it says nothing).",
        takes=("instant",), gives={"until": _INSTANT},
    ),
    "period_after": FunctionSignature(
        "End of a period of days, weeks, months or years after an event, by the calendar "
        "(`strict`) and moved to the next working day of a country (`legal`; Regulation 1182/71 "
        "Art. 3). `ends_day` is `yes` for an event that is the end of a market day.",
        takes=("instant", "text"), gives={"strict": _INSTANT, "legal": _INSTANT},
        given=("period", "ends_day"),
    ),
    "period_before": FunctionSignature(
        "Last moment of the day that lies a period of days, weeks, months or years before an "
        "event (Regulation 1182/71 Art. 3(2); a period counted back is not moved).",
        takes=("instant",), gives={"last": _INSTANT}, given=("period",),
    ),
    "lfc_block": FunctionSignature(
        "The load-frequency control block of a bidding zone; a zone that states none is a block "
        "of its own.",
        takes=("text",), gives={"name": Type("text", nullable=False)},
    ),
    "part_of_amount": FunctionSignature(
        "The part of an amount that a weight among a sum of weights gets, rounded down and up to a "
        "whole number of units of money; takes amount, weight, sum of weights, and the unit.",
        takes=("quantity", "quantity", "quantity", "quantity"),
        gives={"down": _AMOUNT, "up": _AMOUNT},
    ),
    "product_period": FunctionSignature(
        "A contracting or validity period that begins at an instant: its end, the end of the "
        "market time unit that begins there, and whether it is so many whole units.",
        takes=("instant", "text"),
        gives={"until": _INSTANT, "unit_until": _INSTANT, "whole": Type("truth")},
    ),
    "reference_time": FunctionSignature(
        "Where the reference day of a market time unit puts it: the latest day before of the same "
        "kind whose day-ahead results were known, by the holidays of both zones together "
        "(`joint`) or of each zone (`from_own`, `to_own`), each with the beginning of that day and "
        "of the next; takes both zones, start and end of the unit, when values were forecast, and "
        "from which hour results of the next day are known.",
        takes=("text", "text", "instant", "instant", "instant", "quantity"),
        gives={f"{calendar}{part}": _INSTANT for calendar in ("joint", "from_own", "to_own")
               for part in ("", "_day", "_next_day")},
    ),
}
