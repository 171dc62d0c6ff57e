"""The data dictionary: one Markdown page, written from the specification.

``python -m czca_rules.tables.dictionary`` prints it; the page in `docs/` is its output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from czca_rules.tables.columns import WIDTHS, Column, Grid, TableSpec
from czca_rules.tables.process_tables import APPLICATION_EVENTS, DAILY_EVENTS, DOCUMENTS
from czca_rules.tables.sheet_scan import MAX_CELLS
from czca_rules.tables.specification import RESERVED_TABLES, TABLES
from czca_rules.tables.starter_manifest import EXAMPLE
from czca_rules.tables.workbook import MANIFEST_SHEET

_INTRODUCTION = """\
# Data dictionary

This page is generated from the specification in the code; do not edit it by hand.

A submission is a folder with `submission.yaml` and one file per table: `<table>.csv`, also
`.csv.gz`, `.parquet` or a folder `<table>/` of such parts; or one `.xlsx` with a sheet per table.

- **Time.** Market time is CET/CEST. An instant carries its offset (`2026-03-11T00:00:00+01:00` or
  `...Z`); one without is refused. A table with `mtu_start` in its key may give `market_day` and
  `position` (from 1) instead, and `mtu_end` (exclusive) for a row that spans more than the market
  time unit in force then. A market day has 23, 24 or 25 hours.
- **Exactness.** Each quantity has a fixed number of decimals. More of them are an error, never
  rounded away; a binary number is taken if it stands within 1e-9 of such a decimal.
- **Direction.** `from_zone` to `to_zone` is the direction in which energy would flow. Upward
  balancing capacity that stands in P and is procured for R uses P to R, downward uses R to P.
- **Blank cells.** A column that is not required may be empty or left out; where a default is
  given, that is what it then means. Booleans are `true` and `false`.
- **Absent keys.** *Missing*: every key is expected, zeros are written. *Zero*: an absent row
  stands for zero. Otherwise rows are what they are.
- **Confidential** values are masked in reports unless asked for.
"""

_WORKBOOKS = f"""\
A workbook is one `.xlsx` file, checked as `czca check NAME.xlsx` or given with `--with`;
`czca init NAME.xlsx` writes one to start from. What is said of files holds for it, and:

- **Sheets.** One for each table, with the table's exact name and the names of the columns in
  row 1; a table without rows is its header alone. Any other sheet is a problem, unless its name
  begins with `#` or `_`: those are for people and are not read. Hidden sheets, rows and columns
  are read like all others. Rows that are empty in every column are skipped.
- **The manifest** is the sheet `{MANIFEST_SHEET}`: column A holds the lines of `submission.yaml`,
  one in each row, indented as in the file. Format the column as text before pasting.
- **Numbers** are cells of numbers, or text as in a CSV file. A number in a column of text is taken
  if it is whole; any other, and a leading zero, has to be written as text.
- **Instants** are text with their offset (`2026-03-11T00:00:00+01:00`), or `market_day` and
  `position`. A cell that Excel holds as a date and time has no offset and is refused. In a column
  of type date, such as `market_day`, a cell that Excel holds as a date is that day if it has no
  time.
- **Refused**, with the cell named: formulas, also where they show a result (paste them as values),
  error values such as `#N/A`, and merged cells.
- **Places.** A finding names the sheet as `NAME.xlsx#table`, its line is the row of the sheet;
  every sheet has the hash of the whole file.
- **Limits.** Workbooks with macros, with a password or in another format than `.xlsx` are refused,
  as are sheets of more than {MAX_CELLS // 10**6} million cells: hand large tables in as Parquet,
  which is also read many times faster.
"""

_EVENTS = """\
- **Whom an event concerns**: the TSO that is its `actor`. One without an actor, or whose actor
  is no TSO of the manifest (market coupling, a regulator), concerns the TSOs among its
  `recipients`, or all where it names none. Without `product`, `direction` or `border` it
  concerns all of them.
- **Corrections**: a row that another row names in `corrects` is replaced by it. Two rows of the
  daily process that differ in nothing but `at` contradict each other, unless one corrects the
  other.
- **When**: nothing can have happened after `as_of`. Of `methodology_approved` and
  `bids_submitted` the last row counts, of all others the first.
- **Publications in parts**: `detail` lists what a row published, and the publication is
  complete when its last field is out. A row without `detail` published all of it.
- **First use**: `mtu_start` of `allocation_published` is the first market time unit of the
  published period; without it that is the beginning of the market day.
- **Contracts over several days**: events of the auction carry the market day on which the
  contracts begin.
"""

_DOCUMENTS = """\
A document holds from `valid_from` to `valid_to`, both included, and for its `border`; what is empty
does not limit it. `common_rules` and `technical_document` that describe how forecasts are adjusted
list `adjustment_factors` in `covers`, a `technical_document` that sets other reference days lists
`reference_periods`. `withholding_approval` is the approval to withhold publications.
"""

_GRIDS: dict[Grid, str] = {
    "direction": "every direction of every border",
    "direction_product": "every direction of every border, with every product and its direction",
    "hop_product": "every hop over a border, with every product and its direction",
    "zone": "every zone",
    "zone_product": "every zone, with every product and its direction",
}


def dictionary_markdown() -> str:
    """The whole page as Markdown, ending in one line break."""
    return "\n".join(_page()).rstrip("\n") + "\n"


def _page() -> Iterator[str]:
    yield _INTRODUCTION
    yield "## The manifest\n"
    yield f"```yaml\n{EXAMPLE}```\n"
    yield "## Workbooks\n"
    yield _WORKBOOKS
    yield "## Tables\n"
    yield from (f"- [`{spec.name}`](#{spec.name}): {_lower_first(spec.title)}"
                for spec in TABLES.values())
    yield ""
    for spec in TABLES.values():
        yield from _table(spec)
    yield "## Events\n"
    yield _EVENTS
    yield "Those of the daily process carry `market_day`.\n"
    yield from _words("event", DAILY_EVENTS)
    yield "Those of an application and of the yearly duties carry none.\n"
    yield from _words("event", APPLICATION_EVENTS)
    yield "## Documents\n"
    yield _DOCUMENTS
    yield from _words("document", DOCUMENTS)
    yield "## Reserved names\n"
    yield "For the platforms of the balancing timeframe: " + \
        ", ".join(f"`{name}`" for name in RESERVED_TABLES) + "."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _table(spec: TableSpec) -> Iterator[str]:
    yield f"### {spec.name}\n"
    yield f"{spec.title}. Asked for by {spec.cite}. {_absence(spec)}\n"
    yield "| column | type | filled | meaning |"
    yield "|---|---|---|---|"
    yield from (_column(column) for column in spec.columns)
    yield ""


def _absence(spec: TableSpec) -> str:
    if spec.absent == "zero":
        return "An absent key means zero."
    if spec.absent is None:
        return "Rows are what they are: no key is expected."
    if spec.grid is not None:
        state = [f"{column.name} `{column.default}`" for column in spec.columns
                 if column.key and column.default is not None]
        held = f" ({', '.join(state)})" if state else ""
        return f"An absent key is missing; expected is {_GRIDS[spec.grid]}{held}, for the " \
               "whole delivery period."
    reach = " The table reaches back before delivery." if spec.history else ""
    return f"An absent key is missing wherever a rule needs it.{reach}"


def _column(column: Column) -> str:
    name = f"**{column.name}**" if column.key else column.name
    filled = "always" if column.required else "may be empty"
    if column.default is not None:
        filled = f"empty means `{column.default}`"
    if column.confidential:
        filled += "; confidential"
    meaning = column.doc
    if column.choices and column.name not in ("event", "document"):
        meaning += " One of " + ", ".join(f"`{word}`" for word in column.choices) + "."
    return f"| {name} | {_type(column)} | {filled} | {meaning} |"


def _type(column: Column) -> str:
    if column.kind in ("integer", "boolean", "text", "instant", "date", "duration"):
        return column.kind
    if column.kind in WIDTHS:
        _, scale = WIDTHS[column.kind]
        what = column.unit or "number"
        return f"{what}, {scale} decimals" + (", not negative" if column.not_negative else "")
    return {"choice": "word"}.get(column.kind, column.kind)


def _words(what: str, words: Mapping[str, str]) -> Iterator[str]:
    yield f"| {what} | meaning |"
    yield "|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in words.items())
    yield ""


if __name__ == "__main__":
    print(dictionary_markdown(), end="")
