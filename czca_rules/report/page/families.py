"""Rows that say the same sentence with other numbers, so that the sentence is written once.

A hundred rows over a limit make one sentence with gaps and a hundred lean rows. What stands in a
gap is in the row's own columns, or is listed with the row: nothing that a finding says is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from czca_rules.report import figures
from czca_rules.report.grouping import told_apart
from czca_rules.report.model import FindingPart, OutcomePart
from czca_rules.report.page.finding_cells import Cells, cells_of, excess_words, key_words

#: Sentences of one rule; beyond them the rows are only listed (their sentences name what nobody
#: can foresee, and a page of ten thousand sentences is none).
MOST_FAMILIES = 150
_WORD = re.compile(r"[\w+\u2212-](?:[\w.,:/+\u2212-]*\w)?")
_NUMBER = re.compile(r"[+\u2212-]?(\d+(?:\.\d+)?)")
_GAP = "…"


@dataclass(frozen=True)
class Family:
    """Rows of one sentence; ``sentence`` has gaps where they differ, empty if none was written."""

    sentence: str
    rows: tuple[Cells, ...]
    first: FindingPart
    alike: bool


@dataclass(frozen=True)
class _Said:
    finding: FindingPart
    fixed: tuple[str, ...]
    filled: tuple[str, ...]


def families_of(findings: Iterable[FindingPart], rule: OutcomePart, unit: str | None,
                with_fix: bool) -> list[Family]:
    """All findings in their families, each family where its first row stood."""
    groups: dict[tuple[str, ...], list[_Said]] = {}
    for finding in findings:
        said = _said(finding, sentence_of(finding, rule, with_fix))
        groups.setdefault(said.fixed, []).append(said)
    families = [_family(rows, unit) for rows in list(groups.values())[:MOST_FAMILIES]]
    left = [said for rows in list(groups.values())[MOST_FAMILIES:] for said in rows]
    if left:
        families.append(Family("Further rows; the report’s JSON has what each of them says.",
                               tuple(cells_of(said.finding, unit) for said in left),
                               left[0].finding, alike=False))
    return families


def sentence_of(finding: FindingPart, rule: OutcomePart, with_fix: bool) -> str:
    """What a finding says, in full; empty where its rule has said it for all rows."""
    causes = told_apart(finding, rule)
    parts = []
    if causes:
        parts.append(f"{_upper(finding.message.rstrip('.'))}: {causes}.")
    elif finding.message and not finding.missing:
        parts.append(_upper(finding.message.rstrip(".")) + ".")
    if finding.exemption:
        parts.append(f"Derogation: {finding.exemption}.")
    taken = {reading.name: reading.taken for reading in rule.readings}
    parts += [f"Read with {name}={value}." for name, value in sorted(finding.reading.items())
              if taken.get(name) != value]
    if finding.effect_eur is not None:
        parts.append(f"Effect: {finding.effect_eur} EUR.")
    if with_fix and finding.fix:
        parts.append(f"To do: {finding.fix}")
    return " ".join(parts)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(finding: FindingPart, sentence: str) -> _Said:
    """The sentence in fixed pieces and the words between them that belong to the row."""
    own = set(finding.key.values())
    fixed, filled, end = [], [], 0
    for match in _WORD.finditer(sentence):
        word = match.group()
        if word in own or any(mark.isdigit() for mark in word):
            fixed.append(sentence[end:match.start()])
            filled.append(word)
            end = match.end()
    return _Said(finding, (*fixed, sentence[end:]), tuple(filled))


def _family(rows: Sequence[_Said], unit: str | None) -> Family:
    first = rows[0]
    varied = [len(set(words)) > 1 for words in zip(*(said.filled for said in rows), strict=True)]
    seen = [_own_words(said.finding) if any(varied) else set() for said in rows]
    further = [at for at, differs in enumerate(varied) if differs
               and not all(_plain(said.filled[at]) in own
                           for said, own in zip(rows, seen, strict=True))]
    cells = (cells_of(said.finding, unit, " · ".join(said.filled[at] for at in further))
             for said in rows)
    return Family("".join(_pieces(first, varied, further)), tuple(cells), first.finding,
                  alike=not any(varied))


def _pieces(first: _Said, varied: Sequence[bool], further: Sequence[int]) -> Iterator[str]:
    """The sentence with its gaps, those of listed numbers numbered: ``[1] MW of … MW``."""
    for at, word in enumerate(first.filled):
        yield first.fixed[at]
        if at in further:
            yield f"[{further.index(at) + 1}]"
        else:
            yield _GAP if varied[at] else word
    yield first.fixed[-1]


def _own_words(finding: FindingPart) -> set[str]:
    """The words that the columns of a row show anyway."""
    values = [value for value in (finding.observed, finding.required, finding.required_max)
              if value]
    texts = [key_words(finding.key), *finding.key.values(), excess_words(finding), *values]
    for value in [*values, *finding.key.values()]:
        texts += [figures.short(value), figures.market_time(value) or ""]
    words = {word for text in texts for word in _WORD.findall(text)}
    return {_plain(word) for word in words}


def _plain(word: str) -> str:
    """A number without its sign and the zeros that do not count; other words as they are."""
    if not (number := _NUMBER.fullmatch(word)):
        return word
    return number[1].rstrip("0").rstrip(".") if "." in word else number[1]
