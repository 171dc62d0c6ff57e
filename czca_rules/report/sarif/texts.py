"""Texts of a SARIF file: messages without links of their own, and Markdown without markup.

A SARIF message takes ``[text](address)`` for a link and ``{0}`` for a placeholder, and Markdown
takes much more; what comes from outside must be neither.
"""

from __future__ import annotations

import re

from czca_rules.report.confidential_mark import CONFIDENTIAL_MARK
from czca_rules.report.printable import printable

#: What GitHub takes at most for a description of a rule.
MOST_DESCRIPTION = 1_024

_LINK = re.compile(r"\[(?=[^\]]*\]\()|(?<=[^\\])\](?=\()")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~@:!&$])")
#: GitHub turns this into a link without any mark around it.
_ADDRESS = re.compile(r"www\.", re.IGNORECASE)


def message(text: str, confidential: bool = False) -> str:
    """A text as the message of a result or notification: one line, no links, no placeholders."""
    plain = _LINK.sub(r"\\\g<0>", printable(text)).replace("{", "{{").replace("}", "}}")
    return f"{CONFIDENTIAL_MARK if confidential else ''}{plain}"


def description(text: str) -> str:
    """A text as the description of a rule, cut to what GitHub takes."""
    plain = printable(text)
    return plain if len(plain) <= MOST_DESCRIPTION else plain[:MOST_DESCRIPTION - 1] + "…"


def markdown(text: str) -> str:
    """A text that Markdown shows as it is.

    >>> markdown("a_b <script> [x](http://y)")
    'a\\\\_b \\\\<script\\\\> \\\\[x\\\\](http\\\\://y)'
    """
    return _ADDRESS.sub(lambda match: match.group()[:-1] + r"\.",
                        _MARKUP.sub(r"\\\1", printable(text)))
