"""What the named functions give, and what they leave unknown instead of guessing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from czca_rules.derive.named_functions import NAMED_FUNCTIONS, Setting, called
from czca_rules.market_time.days import market_day_start
from czca_rules.market_time.eu_periods import period_after as by_law
from czca_rules.market_time.holidays import HolidayList
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.market_time.spans import parse_instant
from czca_rules.rulebook.functions import SIGNATURES
from czca_rules.rulebook.loading import load_ruleset

Key = tuple[Any, ...]
Values = dict[str, Any]
NOON = Decimal(13)


def lists(country: str, *days: date, first: int = 2026, last: int = 2026,
          ) -> dict[tuple[str, str], HolidayList]:
    """The same holidays of a country for both purposes."""
    return {(country, purpose): HolidayList(country, purpose, first, last, frozenset(days))
            for purpose in ("deadline", "reference_day")}


#: 25 March is a holiday of Greece, Easter Monday (6 and 13 April) of Italy and of Greece.
HOLIDAYS = lists("GR", date(2026, 3, 25), date(2026, 4, 10), date(2026, 4, 13)) \
    | lists("IT", date(2026, 4, 6))


def setting(added: Iterable[date] = (), zones: Mapping[str, tuple[str, ...]] | None = None,
            holidays: Mapping[tuple[str, str], HolidayList] | None = None,
            consolidation: str = "P1M") -> Setting:
    """A manifest of two zones, and holidays of two countries."""
    listed = zones if zones is not None else {"GR": ("GR",), "IT": ("IT",)}
    manifest = SimpleNamespace(
        cooperation=SimpleNamespace(consolidation_period=consolidation,
                                    added_holidays=tuple(added)),
        zones=[SimpleNamespace(id=name, countries=where) for name, where in listed.items()],
        mtu_schedule=lambda: MtuSchedule.by_date({date(2017, 1, 1): 60, date(2025, 10, 1): 15}))
    return Setting(manifest, HOLIDAYS if holidays is None else holidays)


def run(name: str, key: Key, given: Mapping[str, str] | None = None,
        own: Setting | None = None) -> Values | None:
    """What a function gives for one key; nothing where it gives nothing."""
    return NAMED_FUNCTIONS[name](own or setting(), given or {}, [key]).get(key)


def at(text: str) -> datetime:
    """An instant from market time with its offset."""
    return parse_instant(text)


def test_every_signature_has_its_function_and_gives_what_it_says() -> None:
    assert NAMED_FUNCTIONS.keys() == SIGNATURES.keys()
    day = at("2026-03-11T10:00:00+01:00")
    found = [run("consolidation_period", (day,)),
             run("period_after", (day, "GR"), {"period": "P1D", "ends_day": "not"}),
             run("period_before", (day,), {"period": "P1D"}),
             run("reference_time", unit("2026-03-11"))]
    names = ("consolidation_period", "period_after", "period_before", "reference_time")
    for name, values in zip(names, found, strict=True):
        assert values is not None
        assert values.keys() == SIGNATURES[name].gives.keys()


def test_keys_without_their_instants_give_nothing_and_without_a_country_something() -> None:
    own = load_ruleset("ebgl")
    step = next(step for relation in own.relations.values() for step in relation.steps
                if step.kind == "function" and step.name == "period_after")
    day = at("2026-03-11T10:00:00+01:00")
    found = called(step, setting(), [(None, "GR"), (day, None), (day, "GR"), (None, None)])
    assert set(found) == {(day, None), (day, "GR")}
    assert found[day, None]["legal"] is None
    assert found[day, None]["strict"] is not None


# -- periods -----------------------------------------------------------------------------------

@pytest.mark.parametrize(("event", "period", "strict", "legal"), [
    # T5: 18 March and a week is 25 March, a holiday of Greece: the next working day
    ("2026-03-18T10:00:00+01:00", "P1W", "2026-03-26T00:00:00+01:00", "2026-03-27T00:00:00+01:00"),
    ("2026-03-10T10:00:00+01:00", "P1W", "2026-03-18T00:00:00+01:00", "2026-03-18T00:00:00+01:00"),
    # a Saturday; the clock is put forward on Sunday 29 March
    ("2026-03-21T23:59:59+01:00", "P1W", "2026-03-29T00:00:00+01:00", "2026-03-31T00:00:00+02:00"),
    # 10 April: Good Friday, weekend, Easter Monday
    ("2026-04-09T08:00:00+02:00", "P1D", "2026-04-11T00:00:00+02:00", "2026-04-15T00:00:00+02:00"),
    ("2026-01-31T08:00:00+01:00", "P1M", "2026-03-01T00:00:00+01:00", "2026-03-03T00:00:00+01:00"),
])
def test_a_period_ends_by_the_calendar_and_by_law(event: str, period: str, strict: str,
                                                  legal: str) -> None:
    found = run("period_after", (at(event), "GR"), {"period": period, "ends_day": "not"})
    assert found == {"strict": at(strict), "legal": at(legal)}


@pytest.mark.parametrize(("country", "moved"), [("GR", 1), ("IT", 0)])
def test_the_country_decides_which_days_are_holidays(country: str, moved: int) -> None:
    found = run("period_after", (at("2026-03-18T10:00:00+01:00"), country),
                {"period": "P1W", "ends_day": "not"})
    assert found is not None
    assert found["legal"] - found["strict"] == timedelta(days=moved)


@pytest.mark.parametrize(("event", "country"), [
    ("2026-03-18T10:00:00+01:00", "XX"), ("2026-03-18T10:00:00+01:00", None),
    ("2027-03-18T10:00:00+01:00", "GR"), ("2026-12-28T10:00:00+01:00", "GR"),
    ("2025-03-18T10:00:00+01:00", "GR")])
def test_where_no_holidays_are_known_only_the_calendar_speaks(event: str,
                                                              country: str | None) -> None:
    found = run("period_after", (at(event), country), {"period": "P1W", "ends_day": "not"})
    assert found is not None
    assert found["legal"] is None
    end = by_law(at(event), "P1W", lambda day: False).strict
    assert found["strict"] == end


def test_a_holiday_of_the_other_purpose_moves_nothing() -> None:
    key = (at("2026-03-18T10:00:00+01:00"), "GR")
    only_bank = {name: item for name, item in HOLIDAYS.items() if name[1] == "reference_day"}
    empty = {("GR", "deadline"): replace(HOLIDAYS["GR", "deadline"], days=frozenset())}
    found = run("period_after", key, {"period": "P1W", "ends_day": "not"},
                setting(holidays=only_bank | empty))
    assert found is not None
    assert found["legal"] == found["strict"]


def test_what_ends_a_day_belongs_to_that_day() -> None:
    """A use of 11 March ends at midnight: a week after it is over with 18 March."""
    midnight = at("2026-03-12T00:00:00+01:00")
    ends, begins = (run("period_after", (midnight, "IT"), {"period": "P1W", "ends_day": word})
                    for word in ("yes", "not"))
    assert ends is not None
    assert begins is not None
    assert ends["strict"] == at("2026-03-19T00:00:00+01:00")
    assert begins["strict"] == at("2026-03-20T00:00:00+01:00")


@pytest.mark.parametrize("word", ["yes", "not"])
def test_years_beyond_market_time_are_unknown(word: str) -> None:
    key = (at("2026-03-18T10:00:00+01:00"), "GR")
    assert run("period_after", key, {"period": "P9999Y", "ends_day": word}) is None
    assert run("period_before", key[:1], {"period": "P9999Y"}) is None


@pytest.mark.parametrize(("event", "period", "last"), [
    ("2026-03-31T10:00:00+02:00", "P1M", "2026-03-01T00:00:00+01:00"),
    ("2026-03-11T00:00:00+01:00", "P30D", "2026-02-10T00:00:00+01:00"),
    ("2026-06-15T12:00:00+02:00", "P3M", "2026-03-16T00:00:00+01:00"),
    ("2028-02-29T12:00:00+01:00", "P1Y", "2027-03-01T00:00:00+01:00"),
])
def test_a_period_back_ends_with_its_last_day(event: str, period: str, last: str) -> None:
    assert run("period_before", (at(event),), {"period": period}) == {"last": at(last)}


@pytest.mark.parametrize(("begins", "length", "until"), [
    ("2026-03-01T00:00:00+01:00", "P1M", "2026-04-01T00:00:00+02:00"),
    ("2026-10-25T00:00:00+02:00", "P1D", "2026-10-26T00:00:00+01:00"),
])
def test_a_consolidation_period_goes_by_the_market_calendar(begins: str, length: str,
                                                            until: str) -> None:
    found = run("consolidation_period", (at(begins),), own=setting(consolidation=length))
    assert found == {"until": at(until)}


# -- reference time ----------------------------------------------------------------------------

def unit(day: str, hour: int = 10, known: str | None = None, results: Decimal = NOON,
         zones: tuple[str, str] = ("GR", "IT"), minutes: int = 60) -> Key:
    """A market time unit of a day; without a moment, values were forecast in time for all."""
    start = market_day_start(date.fromisoformat(day)) + timedelta(hours=hour)
    return (*zones, start, start + timedelta(minutes=minutes),
            at(known) if known else start, results)


def references(key: Key, own: Setting | None = None) -> dict[str, date | None]:
    """The reference day by the holidays of both zones and of each."""
    found = run("reference_time", key, own=own)
    assert found is not None
    begins = {name: found[f"{name}_day"] for name in ("joint", "from_own", "to_own")}
    for name, day in begins.items():
        after = found[f"{name}_next_day"]
        assert (day is None) == (after is None)
        assert day is None or timedelta(hours=23) <= after - day <= timedelta(hours=25)
    return {name: day and (day + timedelta(hours=12)).date() for name, day in begins.items()}


def days(joint: str, from_own: str, to_own: str) -> dict[str, date | None]:
    named = {"joint": joint, "from_own": from_own, "to_own": to_own}
    return {name: date.fromisoformat(f"2026-{day}") for name, day in named.items()}


@pytest.mark.parametrize(("day", "wanted"), [
    ("2026-03-11", days("03-10", "03-10", "03-10")),
    ("2026-03-25", days("03-22", "03-22", "03-24")),  # a holiday of Greece alone
    ("2026-03-26", days("03-24", "03-24", "03-25")),
    ("2026-04-06", days("04-05", "04-03", "04-05")),  # Easter Monday of Italy
    ("2026-04-07", days("04-03", "04-06", "04-03")),
    ("2026-04-13", days("04-12", "04-12", "04-10")),  # and of Greece; Italy works on Good Friday
])
def test_both_calendars_are_asked_together_and_singly(day: str,
                                                      wanted: dict[str, date | None]) -> None:
    assert references(unit(day)) == wanted


def test_the_same_hours_of_the_reference_day_are_given() -> None:
    found = run("reference_time", unit("2026-03-25", hour=7, minutes=15))
    assert found is not None
    assert found["joint"] == at("2026-03-22T07:00:00+01:00")
    assert found["to_own"] == at("2026-03-24T07:00:00+01:00")


def test_added_holidays_count_for_every_calendar() -> None:
    own = setting(added=[date(2026, 3, 10)])
    assert references(unit("2026-03-11"), own) == days("03-09", "03-09", "03-09")
    assert references(unit("2026-03-10"), own) == days("03-08", "03-08", "03-08")


@pytest.mark.parametrize(("zones", "unknown"), [
    ({"GR": ("GR",), "IT": ()}, {"joint", "to_own"}),
    ({"GR": (), "IT": ("IT",)}, {"joint", "from_own"}),
    ({"GR": (), "IT": ()}, {"joint", "from_own", "to_own"}),
    ({"GR": ("GR",)}, {"joint", "to_own"}),
    ({"GR": ("GR",), "IT": ("XX",)}, {"joint", "to_own"}),
    ({"GR": ("GR", "XX"), "IT": ("IT",)}, {"joint", "from_own"}),
    ({"GR": ("GR", "IT"), "IT": ("IT",)}, set()),
])
def test_a_zone_without_its_countries_has_no_reference_day(zones: dict[str, tuple[str, ...]],
                                                           unknown: set[str]) -> None:
    found = references(unit("2026-03-11"), setting(zones=zones))
    assert {name for name, day in found.items() if day is None} == unknown
    values = run("reference_time", unit("2026-03-11"), own=setting(zones=zones))
    assert values is not None
    assert {name for name in ("joint", "from_own", "to_own") if values[name] is None} == unknown


def test_a_zone_of_two_countries_has_the_holidays_of_both() -> None:
    own = setting(zones={"GR": ("GR", "IT"), "IT": ("IT",)})
    assert references(unit("2026-03-25"), own) == days("03-22", "03-22", "03-24")
    assert references(unit("2026-04-06"), own)["from_own"] == date(2026, 4, 5)


@pytest.mark.parametrize("day", ["2027-02-01", "2025-12-01", "2026-01-01"])
def test_a_year_that_is_not_listed_is_unknown(day: str) -> None:
    """On 1 January the search goes back into the year before, which has no list."""
    own = setting(holidays=lists("GR", date(2026, 1, 1)) | lists("IT", date(2026, 1, 1)))
    assert set(references(unit(day), own).values()) == {None}


@pytest.mark.parametrize(("known", "results", "wanted"), [
    ("2026-03-10T12:59:59+01:00", NOON, "03-10"),
    ("2026-03-10T13:00:00+01:00", NOON, "03-10"),
    ("2026-03-09T12:59:59+01:00", NOON, "03-09"),
    ("2026-03-09T12:59:59.999999+01:00", NOON, "03-09"),
    ("2026-03-09T13:00:00+01:00", NOON, "03-10"),
    ("2026-03-09T13:00:01+01:00", NOON, "03-10"),
    ("2026-03-09T13:29:59+01:00", Decimal("13.5"), "03-09"),
    ("2026-03-09T13:30:00+01:00", Decimal("13.5"), "03-10"),
    ("2026-03-09T00:00:00+01:00", Decimal(0), "03-10"),
    ("2026-03-09T23:59:59+01:00", Decimal(24), "03-09"),
    ("2026-03-08T12:59:59+01:00", NOON, "03-06"),  # Monday's results are not known on Sunday noon
    ("2026-03-08T13:00:00+01:00", NOON, "03-09"),
    ("2026-03-20T10:00:00+01:00", NOON, "03-10"),  # forecast afterwards: never the day itself
])
def test_only_results_that_were_known_can_be_referred_to(known: str, results: Decimal,
                                                         wanted: str) -> None:
    assert references(unit("2026-03-11", known=known, results=results)) == days(*[wanted] * 3)


@pytest.mark.parametrize(("known", "wanted"), [
    ("2026-03-28T11:59:59Z", "03-28"), ("2026-03-28T12:00:00Z", "03-29"),
    ("2026-03-29T10:59:59Z", "03-29"), ("2026-03-29T11:00:00Z", "03-29")])
def test_results_are_known_by_the_clock_of_the_market(known: str, wanted: str) -> None:
    """13:00 is 12:00 UTC on 28 March and 11:00 UTC a day later; 4 April is a Saturday."""
    assert references(unit("2026-04-04", known=known))["joint"] == date.fromisoformat(
        f"2026-{wanted}")


def test_hours_that_the_reference_day_has_not_once_are_unknown_its_day_is_not() -> None:
    spring = unit("2026-04-04", hour=0, known="2026-03-29T12:00:00+02:00", minutes=24 * 60)
    found = run("reference_time", spring)
    assert found is not None
    assert found["joint"] is None
    assert found["joint_day"] == at("2026-03-29T00:00:00+01:00")
    assert found["joint_next_day"] == at("2026-03-30T00:00:00+02:00")


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)),
       st.sampled_from(["GR", "IT", "XX"]),
       st.sampled_from(["P1D", "P2D", "P1W", "P30D", "P1M", "P12M", "P1Y"]),
       st.sampled_from(["yes", "not"]))
def test_the_end_of_law_is_never_before_that_of_the_calendar(event: datetime, country: str,
                                                             period: str, word: str) -> None:
    found = run("period_after", (event, country), {"period": period, "ends_day": word})
    assert found is not None
    assert found["strict"] > event or (word == "yes" and found["strict"] >= event)
    assert found["legal"] is None or found["legal"] >= found["strict"]
    assert (country == "XX") <= (found["legal"] is None)


@pytest.mark.parametrize(("start", "period", "until", "whole"), [
    ("2026-03-11T00:00+01:00", "PT15M", "2026-03-11T00:15+01:00", True),
    ("2026-03-11T00:00+01:00", "PT10M", "2026-03-11T00:10+01:00", False),
    ("2026-03-11T00:00+01:00", "PT4H", "2026-03-11T04:00+01:00", True),
    ("2025-03-11T00:00+01:00", "PT90M", "2025-03-11T01:30+01:00", False),
    ("2025-09-30T00:00+02:00", "P1D", "2025-10-01T00:00+02:00", True),
    ("2025-09-30T23:00+02:00", "PT75M", "2025-10-01T00:15+02:00", True),
    ("2026-03-29T00:00+01:00", "P1D", "2026-03-30T00:00+02:00", True),
    ("2026-03-29T00:00+01:00", "PT24H", "2026-03-30T01:00+02:00", True),
    ("2026-01-31T00:00+01:00", "P1M", "2026-02-28T00:00+01:00", True)])
def test_a_period_of_a_product(start: str, period: str, until: str, whole: bool) -> None:
    found = run("product_period", (at(start), period))
    assert found is not None
    assert (found["until"], found["whole"]) == (at(until), whole)


def test_a_period_that_is_not_stated_ends_nowhere() -> None:
    assert run("product_period", (at("2026-03-11T00:00+01:00"), None)) is None
    assert run("product_period", (at("2016-03-11T00:00+01:00"), "PT1H")) is None
    found = run("product_period", (at("2026-03-11T00:00+01:00"), "PT1H"))
    assert found is not None
    assert found["unit_until"] == at("2026-03-11T00:15+01:00")


def test_a_zone_without_a_block_is_one_by_itself() -> None:
    own = setting()
    own.manifest.zones = [SimpleNamespace(id="A", lfc_block="BA"),
                          SimpleNamespace(id="B", lfc_block=None)]
    found = NAMED_FUNCTIONS["lfc_block"](own, {}, [("A",), ("B",)])
    assert found == {("A",): {"name": "BA"}, ("B",): {"name": "B"}}


# -- parts of amounts ---------------------------------------------------------------------------

CENT = Decimal("0.01")


@pytest.mark.parametrize(("amount", "weight", "total", "down", "up"), [
    # T5 of the Core methodology: 120 EUR by 760 and 240, then halves; 240 EUR over three TSOs
    ("120", "760", "1000", "91.20", "91.20"), ("120", "240", "1000", "28.80", "28.80"),
    ("91.2", "0.5", "1", "45.60", "45.60"), ("28.8", "0.5", "1", "14.40", "14.40"),
    ("240", "1", "3", "80", "80"), ("100", "1", "3", "33.33", "33.34"),
    ("0.01", "1", "3", "0", "0.01"), ("0", "1", "3", "0", "0"), ("5", "0", "3", "0", "0"),
    ("-100", "1", "3", "-33.34", "-33.33"), ("0.005", "1", "1", "0", "0.01"),
    ("999999999999.999999", "999999999999.999999", "999999999999.999999",
     "999999999999.99", "1000000000000.00"),
])
def test_a_part_lies_between_two_cents(amount: str, weight: str, total: str, down: str,
                                       up: str) -> None:
    found = run("part_of_amount", (Decimal(amount), Decimal(weight), Decimal(total), CENT))
    assert found == {"down": Decimal(down), "up": Decimal(up)}


@pytest.mark.parametrize("total", ["0", "-1"])
def test_there_are_no_parts_among_weights_of_nothing(total: str) -> None:
    assert run("part_of_amount", (Decimal(1), Decimal(1), Decimal(total), CENT)) is None


@given(st.integers(0, 10**14), st.lists(st.integers(0, 10**18), min_size=1, max_size=6))
def test_parts_can_be_rounded_so_that_no_cent_is_lost(cents: int, weights: list[int]) -> None:
    total = sum(weights)
    if not total:
        return
    amount = cents * CENT
    found = [run("part_of_amount", (amount, Decimal(weight), Decimal(total), CENT))
             for weight in weights]
    down = sum(part["down"] for part in found if part)
    up = sum(part["up"] for part in found if part)
    assert down <= amount <= up
    assert all(part and part["up"] - part["down"] in (0, CENT) for part in found)
