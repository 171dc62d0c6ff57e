"""What proofs come to: how much was proven of a ruleset, and every violation in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["choices", "decision tables", "takeovers", "derogations", "periods", "outcomes"]


@dataclass(frozen=True)
class Violation:
    """One thing that does not hold: of what, the formula, and the row that shows it.

    ``confirmed`` tells whether the interpreter finds the same on that row; where it does not, the
    translation for the solver is wrong.
    """

    subject: str
    fault: str
    formula: str
    example: str
    confirmed: bool = True

    def __str__(self) -> str:
        text = f"{self.subject}: {self.fault}: {self.formula}\n    {self.example}"
        return text if self.confirmed else f"{text} (the interpreter finds otherwise)"


@dataclass
class Proof:
    """What was proven of one kind: ``counted`` says of how much, in words."""

    kind: Kind
    ruleset: str
    counted: str = ""
    questions: int = 0
    violations: list[Violation] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.violations

    def text(self) -> str:
        """The proof for the terminal: one line, and one for each violation."""
        verdict = "proven" if self.ok else f"{len(self.violations)} violations"
        line = (f"{self.ruleset}: {self.kind}: {verdict} ({self.counted}; "
                f"{self.questions} questions)")
        return "\n".join([line, *(f"  {violation}" for violation in self.violations)])


__all__ = ["Kind", "Proof", "Violation"]
