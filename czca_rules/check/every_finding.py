"""Every finding of a check, one after the other, never all of them in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Finding
from czca_rules.check.judging import RuleOutcome
from czca_rules.check.sources import Sources
from czca_rules.check.statement import REPORTED

#: Rows that are turned into findings at a time.
CHUNK = 20_000


def every_finding(evidence: Evidence, outcomes: Sequence[RuleOutcome]) -> Iterator[Finding]:
    """The findings rule by rule in the order of the outcomes, the worst first, then by key."""
    for outcome in outcomes:
        codes = [code for code in REPORTED if outcome.counts.get(code)]
        if codes:
            yield from _of_rule(evidence, outcome, codes)


def _of_rule(evidence: Evidence, outcome: RuleOutcome, codes: Sequence[Code]) -> Iterator[Finding]:
    judging, rule = evidence.judging, outcome.rule
    engine = judging.submission.engine
    relation = judging.ruleset.relations[rule.form.on]
    statement = judging.statements([rule])[0]
    refs = evidence.refs(relation, [rule])
    names = [name for name, _ in sorted({(key, None) for key in relation.schema.key} | refs)]
    columns = ["_rule", "_code", *names, *(variant.column for variant in statement.variants)]
    marks = dict.fromkeys(evidence.unsound_marks(relation, names), True)
    # Rows get their places by further queries, so they are kept aside in the order of the report.
    engine.execute(f'CREATE OR REPLACE TABLE "e_every" AS '
                   f"{statement.flagged({rule.id: codes}, refs, None)}")
    total = engine.query('SELECT count(*) FROM "e_every"')[0][0]
    for start in range(0, total, CHUNK):
        rows = engine.query(f'SELECT * FROM "e_every" WHERE rowid >= {start} '
                            f"AND rowid < {start + CHUNK} ORDER BY rowid")
        raws: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) | marks for row in rows]
        surrounded = [evidence.rows.row(raw, relation.schema.clock) for raw in raws]
        places = Sources(judging, relation).of(surrounded)
        for raw, row, sources in zip(raws, surrounded, places, strict=True):
            yield evidence.finding(rule, statement, row, Code(raw["_code"]), sources)
    engine.execute('DROP TABLE "e_every"')
