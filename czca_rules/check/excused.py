"""How many rows each derogation of a rule excused: the first that is claimed and allowed counts."""

from __future__ import annotations

from czca_rules.check.codes import Code
from czca_rules.check.judging import Judging, RuleOutcome
from czca_rules.check.statement import combined_sql
from czca_rules.derive.select import Select


def excused_rows(judging: Judging, outcome: RuleOutcome) -> dict[str, int]:
    """Exempt rows of a rule by the derogation that excused them."""
    rule, rows = outcome.rule, outcome.counts.get(Code.EXEMPT, 0)
    claims = {claim.exemption for claim in judging.submission.manifest.relies_on}
    claimed = [item for item in rule.derogations if item.exemption in claims]
    if not rows or len(claimed) == 1:
        return {item.exemption: rows for item in claimed}
    statement = judging.statements([rule])[0]

    def beside(select: Select) -> list[str]:
        cases = [f"WHEN {select.formula(item.claimed)} AND {select.formula(item.holds)} "
                 f"THEN '{item.exemption}'" for item in rule.derogations]
        return [f'CASE {" ".join(cases)} END AS "excused_by"']

    return dict(judging.submission.engine.query(
        f"{statement.judged(beside=beside)[:-1]}\nSELECT \"excused_by\", count(*) FROM judged "
        f"WHERE ({combined_sql(statement.variants)}) = {Code.EXEMPT:d} GROUP BY 1 ORDER BY 1"))
