"""The names that the README imports are what it says, whatever was imported before them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import czca_rules

FIRST = ["", "import czca_rules.check.cases", "from czca_rules import api",
         "from czca_rules.check import codes", "import czca_rules.cli"]


@pytest.mark.parametrize("first", FIRST)
def test_check_is_the_function(first: str) -> None:
    code = (f"{first}\nfrom czca_rules import check, load_submission, Report\n"
            "import czca_rules.check.codes\nfrom czca_rules.check.codes import Code\n"
            "import czca_rules\n"
            "assert check is czca_rules.check is czca_rules.api.check\n"
            "assert callable(load_submission) and Code.FAILED == 0 and Report")
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_name_is_there() -> None:
    for name in czca_rules.__all__:
        assert getattr(czca_rules, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        czca_rules.__getattr__("chekc")
