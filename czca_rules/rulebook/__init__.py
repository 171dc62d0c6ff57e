"""Rulesets: strict YAML, the expression language, rules, dated parameters, readings."""
