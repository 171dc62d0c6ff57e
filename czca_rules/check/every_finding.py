"""Every finding of a check, one after the other, never all of them in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Finding
from czca_rules.check.judging import RuleOutcome
from czca_rules.check.places import Places
from czca_rules.check.statement import REPORTED

#: Rows that are turned into findings at a time, and rows whose places are looked up at a time.
CHUNK, BATCH = 10_000, 200_000


def every_finding(evidence: Evidence, outcomes: Sequence[RuleOutcome]) -> Iterator[Finding]:
    """The findings rule by rule in the order of the outcomes, the worst first, then by key."""
    progress = evidence.judging.submission.engine.progress
    total = sum(outcome.counts.get(code, 0) for outcome in outcomes for code in REPORTED)
    done = 0
    for outcome in outcomes:
        codes = [code for code in REPORTED if outcome.counts.get(code)]
        for findings in _of_rule(evidence, outcome, codes) if codes else ():
            progress("Writing every finding", done, total, "rows")
            yield from findings
            done += len(findings)


def _of_rule(evidence: Evidence, outcome: RuleOutcome,
             codes: Sequence[Code]) -> Iterator[list[Finding]]:
    judging, rule = evidence.judging, outcome.rule
    engine = judging.submission.engine
    relation = judging.ruleset.relations[rule.form.on]
    statement = judging.statements([rule])[0]
    refs = evidence.refs(relation, [rule])
    names = [name for name, _ in sorted({(key, None) for key in relation.schema.key} | refs)]
    columns = ["_rule", "_code", *names, *(variant.column for variant in statement.variants)]
    marks = dict.fromkeys(evidence.unsound_marks(relation, names), True)
    # Rows get their places by further queries, so they are kept aside in the order of the report.
    engine.execute(f'CREATE OR REPLACE TABLE "e_every" AS SELECT row_number() OVER () - 1 AS _n, * '
                   f"FROM ({statement.flagged({rule.id: codes}, refs, None)})")
    places = Places(judging, relation, rule, '"e_every"')
    total = engine.query('SELECT count(*) FROM "e_every"')[0][0]
    for start in range(0, total, CHUNK):
        if start % BATCH == 0:
            places.gather(start, start + BATCH)
        rows = engine.query(f'SELECT * EXCLUDE (_n) FROM "e_every" WHERE _n >= {start} '
                            f"AND _n < {start + CHUNK} ORDER BY _n")
        raws: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) | marks for row in rows]
        surrounded = [evidence.rows.row(raw, relation.schema.clock) for raw in raws]
        yield [evidence.finding(rule, statement, row, Code(raw["_code"]), sources)
               for raw, row, sources in zip(raws, surrounded,
                                            places.of(start, start + len(rows)), strict=True)]
    places.forget()
    engine.execute('DROP TABLE "e_every"')
