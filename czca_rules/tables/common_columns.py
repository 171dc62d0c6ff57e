"""Short constructors for columns, and the key columns that most tables share."""

from __future__ import annotations

from czca_rules.tables.columns import Column, Kind

#: The states of an allocation or of a value, in the order in which they come about.
STATES = ("determined", "selected", "published", "final")
#: What a bid or a demand stands for: the real market, what the BSP sent, or a forecast of it.
BASES = ("actual", "submitted", "reference", "forecast")


def key(name: str, kind: Kind, doc: str, *, choices: tuple[str, ...] = (),
        default: str | None = None, optional: bool = False,
        confidential: bool = False) -> Column:
    """A key column; ``optional`` ones may be empty, and a default makes them so."""
    return Column(name, kind, doc, key=True, required=not optional and default is None,
                  default=default, choices=choices, confidential=confidential)


def need(name: str, kind: Kind, doc: str, *, choices: tuple[str, ...] = (),
         confidential: bool = False, not_negative: bool = False) -> Column:
    """A column that every row fills."""
    return Column(name, kind, doc, choices=choices, confidential=confidential,
                  not_negative=not_negative)


def may(name: str, kind: Kind, doc: str, *, choices: tuple[str, ...] = (),
        default: str | None = None, confidential: bool = False,
        not_negative: bool = False) -> Column:
    """A column that may be empty or left out; ``default`` is what an empty cell then means."""
    return Column(name, kind, doc, required=False, default=default, choices=choices,
                  confidential=confidential, not_negative=not_negative)


FROM_ZONE = key("from_zone", "zone", "Bidding zone that energy over this capacity would leave.")
TO_ZONE = key("to_zone", "zone", "Bidding zone that energy over this capacity would enter.")
ZONE = key("zone", "zone", "Bidding zone that the row is about.")
PRODUCT = key("product", "product", "Balancing capacity product, as named in the manifest.")
DIRECTION = key("direction", "direction", "Direction of the balancing capacity: up, down or "
                "symmetric.")
MTU_START = key("mtu_start", "instant", "Start of the market time unit, with its UTC offset.")

#: One direction of a border in one market time unit.
BORDER_MTU = (FROM_ZONE, TO_ZONE, MTU_START)
#: One product on one direction of a border in one market time unit.
BORDER_PRODUCT_MTU = (FROM_ZONE, TO_ZONE, PRODUCT, DIRECTION, MTU_START)
#: One product in one zone in one market time unit.
ZONE_PRODUCT_MTU = (ZONE, PRODUCT, DIRECTION, MTU_START)
