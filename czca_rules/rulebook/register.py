"""The register of a methodology: every provision and what becomes of it, and the text's own faults.

So that silence is visible: a provision is checked by rules, or the register says why it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from czca_rules.errors import Problem, near_miss
from czca_rules.rulebook.model import Exemption, Identifier, Sentence, Word
from czca_rules.strict_model import StrictModel, place_of
from czca_rules.strict_yaml import Located

Kind = Literal["pending", "evidence", "permission", "out_of_scope", "not_checkable", "definition"]
#: Why a provision has no rule: still missing, shown by documents only, or nothing to check.
KINDS: tuple[Kind, ...] = ("pending", "evidence", "permission", "out_of_scope", "not_checkable",
                           "definition")


class ProvisionForm(StrictModel):
    """One provision of the methodology and what becomes of it here.

    None of the reasons when rules check it; else one says why not: ``pending`` (a duty that data
    can show), ``evidence`` (a document or statement shows it), ``permission`` (``feeds`` is the
    derogation that it is the ground of), ``out_of_scope`` (addressed to others),
    ``not_checkable`` (leaves no trace) or ``definition``. A step or case of another provision is
    ``judged_with`` the rules of that one.
    """

    provision: Sentence
    title: Sentence
    pending: Sentence | None = None
    evidence: Sentence | None = None
    permission: Sentence | None = None
    feeds: Exemption | None = None
    out_of_scope: Sentence | None = None
    not_checkable: Sentence | None = None
    definition: Sentence | None = None
    judged_with: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _one_reason(self) -> ProvisionForm:
        given = [kind for kind in KINDS if getattr(self, kind)]
        if len(given) > 1:
            raise ValueError(f"one reason, not {' and '.join(given)}")
        if given and self.judged_with:
            raise ValueError(f"`judged_with` without `{given[0]}`")
        if self.feeds is not None and self.permission is None:
            raise ValueError("`feeds` beside a `permission` only")
        return self

    @property
    def reason(self) -> tuple[Kind, str] | None:
        """Why no rule checks it, or nothing where rules do."""
        return next(((kind, text) for kind in KINDS if (text := getattr(self, kind))), None)


class ProvisionsFile(StrictModel):
    """`provisions.yaml`: every provision of the methodology, checked here or not."""

    provisions: tuple[ProvisionForm, ...]


class ParagraphsFile(StrictModel):
    """`paragraphs.yaml`: every numbered paragraph and lettered point of a text, by its hash."""

    text_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    paragraphs: tuple[Sentence, ...]


class DefectForm(StrictModel):
    """A fault of the text itself: what it does, how it is taken, and what rests on that."""

    provision: Sentence
    kind: Literal["wrong_reference", "empty_reference", "contradiction", "undefined_term", "unit",
                  "unclear", "omission"]
    found: Sentence
    taken_as: Sentence
    reading: Word | None = None
    rules: tuple[Identifier, ...] = ()


class DefectsFile(StrictModel):
    """`defects.yaml`: the faults of the text that the ruleset encodes."""

    defects: tuple[DefectForm, ...]


Report = Callable[[str, tuple[int | str, ...], str, str, str], None]


def register_problems(forms: Mapping[str, object], located: Mapping[str, Located], folder: str,
                      rules: Container[str], readings: Container[str],
                      checked: Container[str]) -> list[Problem]:
    """What is wrong with a ruleset's register: provisions against the text, names in defects.

    ``checked`` are the provisions that rules of the ruleset itself check.
    """
    problems: list[Problem] = []

    def report(file: str, path: tuple[int | str, ...], found: str, expected: str,
               fix: str) -> None:
        line, column = place_of(located[file], path) or (1, 1)
        problems.append(Problem(f"{folder}/{file}", line, column, "register", found, expected, fix))

    provisions, paragraphs = forms.get("provisions.yaml"), forms.get("paragraphs.yaml")
    if isinstance(provisions, ProvisionsFile):
        _one_answer(provisions.provisions, checked, rules, report)
        if isinstance(paragraphs, ParagraphsFile):
            _same_order(provisions.provisions, paragraphs.paragraphs, report)
    defects = forms.get("defects.yaml")
    if isinstance(defects, DefectsFile):
        _known_names(defects.defects, rules, readings, report)
    return problems


def _one_answer(provisions: Sequence[ProvisionForm], checked: Container[str],
                rules: Container[str], report: Report) -> None:
    for number, form in enumerate(provisions):
        path = ("provisions", number, "provision")
        for place, rule in enumerate(form.judged_with):
            if rule not in rules:
                report("provisions.yaml", ("provisions", number, "judged_with", place),
                       f"rule `{rule}`", "a rule of this ruleset or of one that it includes", "")
        if form.reason is None and not form.judged_with and form.provision not in checked:
            report("provisions.yaml", path, f"`{form.provision}` without a rule or a reason",
                   "a rule that checks it, or why there is none",
                   f"Add `judged_with` or one of {', '.join(KINDS)}.")
        elif form.judged_with and form.provision in checked:
            report("provisions.yaml", path, f"`{form.provision}` with a rule of its own and with "
                   "`judged_with`", "one of them", "Take `judged_with` out.")
        elif form.reason is not None and form.provision in checked:
            report("provisions.yaml", path,
                   f"`{form.provision}` with a rule and with `{form.reason[0]}`", "one of them",
                   f"Take `{form.reason[0]}` out.")


def _same_order(provisions: Sequence[ProvisionForm], paragraphs: Sequence[str],
                report: Report) -> None:
    listed = [form.provision for form in provisions]
    for number, name in enumerate(listed):
        if name not in paragraphs:
            report("provisions.yaml", ("provisions", number, "provision"), f"`{name}`",
                   "a paragraph of the text", near_miss(name, paragraphs))
    for name in paragraphs:
        if name not in listed:
            report("provisions.yaml", ("provisions",), f"nothing about `{name}`",
                   "every paragraph of the text", "Add it.")
    if set(listed) == set(paragraphs) and listed != list(paragraphs):
        wrong = next((number for number, (one, other) in enumerate(
            zip(listed, paragraphs, strict=False)) if one != other), len(paragraphs))
        expected = paragraphs[wrong] if wrong < len(paragraphs) else "each paragraph once"
        report("provisions.yaml", ("provisions", wrong, "provision"), f"`{listed[wrong]}` here",
               f"`{expected}`, as in the text", "Keep the order of the text.")


def _known_names(defects: Sequence[DefectForm], rules: Container[str], readings: Container[str],
                 report: Report) -> None:
    for number, defect in enumerate(defects):
        for place, rule in enumerate(defect.rules):
            if rule not in rules:
                report("defects.yaml", ("defects", number, "rules", place), f"rule `{rule}`",
                       "a rule of this ruleset or of one that it includes", "")
        if defect.reading is not None and defect.reading not in readings:
            report("defects.yaml", ("defects", number, "reading"),
                   f"reading `{defect.reading}`", "a reading of readings.yaml", "")
