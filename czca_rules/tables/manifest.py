"""The manifest of a submission (`submission.yaml`): who hands in what, for which borders.

`read_manifest` reads the file and returns the model or every problem found, each with its line
and column; `manifest_from_mapping` takes the same content from Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PrivateAttr

from czca_rules.errors import Problem, SubmissionError
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.strict_model import StrictModel, by_place, validate
from czca_rules.strict_yaml import MAX_BYTES, parse_yaml, read_yaml
from czca_rules.tables.manifest_checks import cross_problems, item_lines
from czca_rules.tables.manifest_words import (
    Approach,
    Country,
    Day,
    Direction,
    Dispatching,
    DurationText,
    Eic,
    Excess,
    Exchange,
    Exemption,
    Flag,
    Moment,
    MtuMinutes,
    Mw,
    Name,
    Price,
    Pricing,
    ScalarText,
    Share,
    Stage,
    Technology,
    Whole,
)

FORMAT = "czca-submission/1"
MANIFEST_NAME = "submission.yaml"


class _Part(StrictModel):
    model_config = ConfigDict(populate_by_name=False)


class Sender(_Part):
    """Who hands the submission in."""

    id: Name
    role: Name | None = None


class Delivery(_Part):
    """The market days that the submission is about, both included."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class Cooperation(_Part):
    """The cooperation that exchanges or shares balancing capacity.

    ``added_holidays`` are days that it treats as holidays when it chooses reference days.
    """

    id: Name | None = None
    established_by: Name | None = None
    consolidation_period: DurationText = "P1M"
    added_holidays: tuple[Day, ...] = ()


class Tso(_Part):
    """A transmission system operator."""

    id: Name
    country: Country | None = None
    dispatching: Dispatching | None = None


class Zone(_Part):
    """A bidding zone."""

    id: Name
    tsos: tuple[Name, ...] = ()
    countries: tuple[Country, ...] = ()
    lfc_block: Name | None = None
    eic: Eic | None = None


class Interconnector(_Part):
    """A link of a border; `installed_mw` by direction (`A>B`), `shares` by TSO."""

    id: Name
    technology: Technology
    energy_trade_since: Day | None = None
    in_capacity_calculation_since: Day | None = None
    installed_mw: dict[str, Mw] = {}
    contribution: Share = Decimal(1)
    shares: dict[str, Share] | None = None

    def installed(self, from_zone: str, to_zone: str) -> Decimal | None:
        """Installed technical capacity of a direction in MW, if it is stated."""
        return self.installed_mw.get(f"{from_zone}>{to_zone}")


class Border(_Part):
    """A bidding-zone border with its interconnectors."""

    id: Name
    zones: tuple[Name, Name]
    interconnectors: tuple[Interconnector, ...] = ()


class Product(_Part):
    """A balancing capacity product in one direction."""

    product: Name
    direction: Direction
    standard: Flag = True
    contracting_period: DurationText | None = None
    validity_period: DurationText | None = None


class Procurement(_Part):
    """How balancing capacity is procured."""

    pricing: Pricing = "pay_as_cleared"
    excess: Excess = "forced_only"
    exchange: Exchange = "allowed"
    price_limit_eur_mw_h: Price | None = None


class Reliance(_Part):
    """A derogation that the sender claims; without a border it is claimed for all."""

    exemption: Exemption
    border: Name | None = None
    document: Name | None = None


class Manifest(_Part):
    """The whole of `submission.yaml`."""

    format: Literal["czca-submission/1"]
    id: Name
    revision: Whole = 1
    sender: Sender
    as_of: Moment
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    methodology: Name
    approach: Approach
    delivery: Delivery
    mtu_minutes: MtuMinutes
    cooperation: Cooperation = Cooperation()
    tsos: Annotated[tuple[Tso, ...], Field(min_length=1)]
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)]
    borders: Annotated[tuple[Border, ...], Field(min_length=1)]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    procurement: Procurement = Procurement()
    relies_on: tuple[Reliance, ...] = ()
    readings: dict[str, ScalarText] = {}
    _places: dict[tuple[str, ...], int] = PrivateAttr(default_factory=dict)

    @property
    def places(self) -> Mapping[tuple[str, ...], int]:
        """Line of each item in the file, by kind and id: ``("border", "A/B")``,
        ``("interconnector", "X")``, ``("product", "aFRR", "up")``, ``("zone", "A")``,
        ``("tso", "T")``; empty if the manifest came from Python."""
        return self._places

    def directions(self) -> list[tuple[str, str, str]]:
        """Both directions of every border, as (from_zone, to_zone, border)."""
        return [direction for border in self.borders for direction in (
            (border.zones[0], border.zones[1], border.id),
            (border.zones[1], border.zones[0], border.id))]

    def product_directions(self) -> list[tuple[str, str]]:
        """Every product with its direction, as (product, direction)."""
        return [(item.product, item.direction) for item in self.products]

    def mtu_schedule(self) -> MtuSchedule:
        """The length of the market time unit by date."""
        return MtuSchedule.by_date(self.mtu_minutes)

    def delivery_days(self) -> tuple[date, date]:
        """First and last market day of delivery, both included."""
        return self.delivery.first, self.delivery.last


def _validated(data: Any, shown_as: str) -> tuple[Manifest | None, tuple[Problem, ...]]:
    if not isinstance(data, Mapping):
        return None, (Problem(shown_as, 1, 1, "wrong_type", "a value that is not a mapping",
                              f"a mapping that starts with `format: {FORMAT}`", ""),)
    manifest, problems = validate(Manifest, data, shown_as)
    problems.extend(cross_problems(data, shown_as))
    if problems or manifest is None:
        return None, tuple(sorted(set(problems), key=by_place))
    manifest._places.update(item_lines(data))
    return manifest, ()


def read_manifest(path: Path, shown_as: str) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """Read a manifest file; either the manifest or every problem in it, by line."""
    return _from_yaml(*read_yaml(path, shown_as), shown_as)


def read_manifest_text(text: str, shown_as: str) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """Read the text of a manifest; either the manifest or every problem in it, by line."""
    if len(text) > MAX_BYTES:
        return None, (Problem(shown_as, None, None, "too_large", f"a text of {len(text)} "
                              "characters", f"at most {MAX_BYTES} of YAML", ""),)
    return _from_yaml(*parse_yaml(text, shown_as), shown_as)


def _from_yaml(data: Any, problems: list[Problem],
               shown_as: str) -> tuple[Manifest | None, tuple[Problem, ...]]:
    if data is None:
        return None, tuple(problems)
    manifest, more = _validated(data, shown_as)
    if problems:
        return None, tuple(sorted({*problems, *more}, key=by_place))
    return manifest, more


def manifest_from_mapping(data: Mapping[str, Any], shown_as: str = MANIFEST_NAME) -> Manifest:
    """The manifest from Python values; raises `SubmissionError` with every problem in it."""
    manifest, problems = _validated(data, shown_as)
    if manifest is None:
        raise SubmissionError(problems)
    return manifest
