"""pandera models of the tables, for those who build them as pandas frames.

They come from the specification and describe what the intake takes: the same names, words and
scales. They are no second gate: a frame given to `Submission.from_tables` passes the intake of
files, which decides. Models need the extra `frames`; nothing else imports pandera.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Optional

from czca_rules.errors import UsageError, near_miss
from czca_rules.market_time.spans import parse_day, parse_duration, parse_instant
from czca_rules.market_time.zone import MarketTimeError
from czca_rules.tables.columns import WIDTHS, Column, TableSpec
from czca_rules.tables.specification import TABLES, TIME_COLUMNS

#: How far a binary double may stand from the decimal that it means.
DOUBLE_TOLERANCE = Decimal("1e-9")

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

_TIME = {"mtu_end": Column("mtu_end", "instant", "End of the span (exclusive), if it is longer "
                           "than one market time unit.", required=False),
         "market_day": Column("market_day", "date", "Market day, with a position in place of "
                              "`mtu_start`.", required=False),
         "position": Column("position", "integer", "Position in the market day, from 1.",
                            required=False, not_negative=True)}


def _is_number(column: Column, value: Any) -> bool:
    width, scale = WIDTHS[column.kind]
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return False
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    if isinstance(value, bool) or not number.is_finite() or abs(number) >= 10 ** (width - scale):
        return False
    off = abs(number - number.quantize(Decimal(1).scaleb(-scale)))
    exact = off <= DOUBLE_TOLERANCE if _is_binary(value) else off == 0
    return exact and not (column.not_negative and number < 0)


def _is_binary(value: Any) -> bool:
    return not isinstance(value, int | Decimal | str)


def _is_read(parse: Callable[[str], object], value: Any) -> bool:
    try:
        parse(value)
    except MarketTimeError:
        return False
    return True


def fits(column: Column, value: Any) -> bool:
    """Whether a filled cell of a frame holds what its column takes, text or typed."""
    if column.kind in WIDTHS:
        return _is_number(column, value)
    if column.kind == "boolean":
        return value in ("true", "false") if isinstance(value, str) else value in (True, False)
    if column.kind == "instant" and isinstance(value, datetime):
        return value.tzinfo is not None
    if column.kind == "date" and isinstance(value, date):
        return not isinstance(value, datetime)
    if not isinstance(value, str):
        return False
    if column.kind in ("instant", "date", "duration"):
        parse = {"instant": parse_instant, "date": parse_day, "duration": parse_duration}
        return _is_read(parse[column.kind], value)
    return bool(value) and (not column.choices or value in column.choices)


def _cell_check(column: Column) -> Callable[[type, Any], bool]:
    def check(_model: type, value: Any) -> bool:
        return fits(column, value)

    check.__name__ = f"{column.name}_fits"
    return check


def _with_defaults(spec: TableSpec, frame: Any) -> list[tuple[Hashable, ...]]:
    """The key of each row of a frame, defaults filled in."""
    columns = []
    for name in spec.key:
        if name in frame.columns:
            missing = frame[name].isna()
            columns.append([spec.by_name[name].default if is_empty else value
                            for value, is_empty in zip(frame[name], missing, strict=True)])
        elif name == "mtu_start" and {"market_day", "position"} <= set(frame.columns):
            columns.append(list(zip(frame["market_day"], frame["position"], strict=True)))
        else:
            columns.append([spec.by_name[name].default] * len(frame))
    return list(zip(*columns, strict=True))


def _key_check(spec: TableSpec) -> Callable[[type, Any], Any]:
    def key_once(_model: type, frame: Any) -> Any:
        import pandas

        keys = pandas.Series(_with_defaults(spec, frame), index=frame.index, dtype=object)
        return ~keys.duplicated(keep=False)

    return key_once


def _time_check(_model: type, frame: Any) -> bool:
    return "mtu_start" in frame.columns or {"market_day", "position"} <= set(frame.columns)


@cache
def frame_model(name: str) -> Any:
    """The pandera `DataFrameModel` of a table; raises `UsageError` for an unknown name."""
    if name not in TABLES:
        raise UsageError(f"there is no table `{name}`. {near_miss(name, TABLES)}")
    import pandera.pandas as pandera
    from pandera.typing.pandas import Series

    spec = TABLES[name]
    columns = (*spec.columns, *(_TIME[extra] for extra in TIME_COLUMNS if spec.timed))
    annotations: dict[str, Any] = {}
    members: dict[str, Any] = {"__doc__": f"{spec.title} ({spec.cite}).",
                               "__module__": __name__}
    for column in columns:
        optional = not column.required or (spec.timed and column.name == "mtu_start")
        series = Series[Any]
        annotations[column.name] = Optional[series] if optional else series  # noqa: UP045
        members[column.name] = pandera.Field(nullable=optional, description=column.doc)
        check = pandera.check(column.name, element_wise=True, ignore_na=True)
        members[f"{column.name}_fits"] = check(_cell_check(column))
    members["key_once"] = pandera.dataframe_check(_key_check(spec))
    if spec.timed:
        members["time_stated"] = pandera.dataframe_check(_time_check)
    members["__annotations__"] = annotations
    members["Config"] = type("Config", (), {"strict": True, "coerce": False})
    title = "".join(word.capitalize() for word in name.split("_"))
    return type(title, (pandera.DataFrameModel,), members)
