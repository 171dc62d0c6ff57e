"""Checks allocations of cross-zonal capacity to balancing capacity against their rules.

The names of the public interface; each is imported when it is first used, so that starting the
command line stays quick.

>>> import czca_rules
>>> sorted(czca_rules.__all__)[:3]
['Comparison', 'CzcaError', 'Finding']
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from czca_rules.api import (
        Comparison,
        Finding,
        Outcome,
        Replay,
        Report,
        Submission,
        Verdict,
        check,
        compare,
        load_ruleset,
        load_submission,
        verify,
    )
    from czca_rules.errors import CzcaError

__version__ = "0.1.0"
__all__ = ["Comparison", "CzcaError", "Finding", "Outcome", "Replay", "Report", "Submission",
           "Verdict", "check", "compare", "load_ruleset", "load_submission", "verify"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'czca_rules' has no attribute {name!r}")
    from importlib import import_module

    home = "czca_rules.errors" if name == "CzcaError" else "czca_rules.api"
    return getattr(import_module(home), name)


class _Package(ModuleType):
    """The package, in which `check` is always the function and never the folder of that name.

    Importing a subpackage sets it as an attribute of its parent; whoever writes
    ``from czca_rules import check`` means the function, whatever was imported before.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name != "check" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
