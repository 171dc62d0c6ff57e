"""Parts of amounts in the engine and in the interpreter, several of them in one relation."""

from __future__ import annotations

from pathlib import Path

from small_rulesets import judging_of as judged
from small_rulesets import load, rule

from czca_rules.check.interpreted import InterpretedJudging, fetched
from czca_rules.check.judging import Options

PARTS = """\
relations:
  parts:
    title: An account in thirds
    cite: Art. 1
    from: income_shares
    steps:
      - columns:
          one: "1"
          three: "3"
          cent_eur: 0.01 EUR
      - function: {as: third, name: part_of_amount, on: [amount_eur, one, three, cent_eur]}
      - function: {as: own, name: part_of_amount, on: [amount_eur, share, one, cent_eur]}
  others:
    title: The same, where only the second is needed
    cite: Art. 1
    from: parts
    steps:
      - columns:
          least_eur: own.down
"""

SHARES = [{"period_start": "2026-03-01T00:00:00+01:00", "border": "A/B", "tso": tso,
           "share": share, "amount_eur": amount}
          for tso, share, amount in (("TSO-A", "0.5", "100"),
                                     ("TSO-B", "0.25", "999999999999.999999"))]


def test_two_functions_of_one_name_keep_their_own_values(tmp_path: Path) -> None:
    ruleset = load(tmp_path, {
        "derived.yaml": PARTS,
        "rules/TR-1.yaml": rule(on="parts", stage="settlement",
                                must="third.down * 3 <= amount_eur and third.up * 3 >= amount_eur"),
        "rules/TR-2.yaml": rule(id="TR-2", on="others", stage="settlement",
                                must="if tso = 'TSO-A' then (least_eur = 50 EUR) "
                                     "else (least_eur = 249999999999.99 EUR)"),
    })
    for select in ((), ("TR-1",), ("TR-2",)):
        judging = judged(ruleset, {"income_shares": SHARES}, Options(select=select))
        for found in judging.outcomes():
            if select and found.rule.id not in select:
                continue
            assert (found.rule.id, found.outcome) == (found.rule.id, "passed")
            behind = sorted(ruleset.tables_behind(found.rule.form.on))
            other = InterpretedJudging(judging, fetched(judging, behind)).judged(found.rule)
            assert dict(other.counts) == dict(found.counts)
