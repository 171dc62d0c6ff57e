"""From the report to the page: templates filled, every text printable and escaped.

The content security policy admits nothing but the one style sheet and the one script, each by its
hash; both are the package's own and hold no text from outside.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING

from czca_rules.report import figures, words
from czca_rules.report.canonical import canonical_sha256
from czca_rules.report.earlier import known
from czca_rules.report.model import Outcome, OutcomePart, ReportModel
from czca_rules.report.page import contents, finding_cells, listing
from czca_rules.report.printable import printable

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

SHOWN_PROBLEMS = 100
_NARROW_SPACE = "\u202f"
_SYMBOLS = {"passed": "✓", "failed": "✕", "exempt": "◇", "not_applicable": "–",
            "not_assessable": "?", "pending": "…", "not_checkable": "–", "definition": "§",
            "evidence": "–", "permission": "–", "out_of_scope": "–",
            "compliant": "✓", "not_compliant": "✕", "undecided": "?"}


def render_page(report: ReportModel) -> str:
    """The report as one self-contained HTML document; the same report gives the same text."""
    pictures = contents.drawn_pictures(report)
    style = _package_text("page.css")
    if pictures != contents.Drawn():
        drawn = files("czca_rules.report.pictures").joinpath("pictures.css")
        style += "\n" + drawn.read_text("utf-8")
    script = _package_text("page.js")
    page = _environment(report).get_template("page.html").render(
        report=report, submission=report.submission, ruleset=report.ruleset,
        sections=contents.rule_sections(report), pictures=pictures,
        breach_columns=pictures.columns, breaches=pictures.breaches,
        problems=sum(item.count for item in report.input.counts),
        repeat=words.repeat_command(report), canonical=canonical_sha256(report),
        style=_Trusted(style), script=_Trusted(script),
        style_hash=_policy_hash(style), script_hash=_policy_hash(script))
    return page.strip() + "\n"


class _Trusted(str):
    """Text of this package, to be written as it is."""

    def __html__(self) -> str:
        return str(self)


def _policy_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _package_text(name: str) -> str:
    return files("czca_rules.report.page").joinpath(name).read_text(encoding="utf-8").strip()


def _environment(report: ReportModel) -> SandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        loader=FunctionLoader(_package_text), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined, finalize=_finalized)
    environment.filters |= {
        "grouped": _grouped, "short": figures.short, "symbol": _SYMBOLS.__getitem__,
        "outcome_words": words.OUTCOME_WORDS.__getitem__, "listed": words.listed,
        "counted": _counted, "reason_words": words.reason_words, "sentence": _sentence,
        "ticked": _ticked, "trusted": _Trusted}
    environment.globals |= {
        name: getattr(module, name) for module, names in (
            (figures, ("market_time", "place")),
            (known, ("baseline_words", "known_words")),
            (words, ("every_finding_words", "is_draft", "law_words", "scope_words",
                     "settle_options", "verdict_detail", "verdict_words")),
            (finding_cells, ("cells_of", "places_words")),
            (listing, ("common_fix",)),
            (contents, ("anchor", "borders", "borders_of", "instance", "level_count",
                        "picture_lead", "row_count", "said_of", "turning", "where_all_are")),
        ) for name in names}
    environment.tests["number_text"] = finding_cells.is_number
    environment.globals |= {
        "levels": words.LEVELS, "outcomes": words.OUTCOMES,
        "legal_status": words.LEGAL_STATUS_WORDS, "reproduction_words": words.REPRODUCTION_WORDS,
        "pictures_at_first": contents.PICTURES_AT_FIRST, "problems_shown": SHOWN_PROBLEMS,
        "listing_of": _listings(report)}
    return environment


def _listings(report: ReportModel) -> Callable[[OutcomePart, Outcome], listing.Listing]:
    caps = listing.caps(report)

    def listing_of(rule: OutcomePart, outcome: Outcome) -> listing.Listing:
        return listing.listing_of(rule, outcome, caps[rule.rule])

    return listing_of


def _finalized(value: object) -> object:
    """Every value at the edge of the page: plain text made printable, markup left alone."""
    if value is None or hasattr(value, "__html__"):
        return value or ""
    return printable(value).replace("Art. ", "Art.\u00a0") if isinstance(value, str) else value


def _ticked(text: str) -> str:
    """A text with its names in backticks set as code."""
    from markupsafe import Markup, escape

    pieces = [escape(_finalized(piece)) for piece in text.split("`")]
    if len(pieces) % 2 == 0:
        return text
    return Markup().join(Markup("<code>{}</code>").format(piece) if at % 2 else piece
                         for at, piece in enumerate(pieces))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _grouped(count: int) -> str:
    return figures.grouped(count, _NARROW_SPACE)


def _counted(count: int, noun: str, plural: str | None = None) -> str:
    return f"{_grouped(count)} {noun if count == 1 else plural or noun + 's'}"
