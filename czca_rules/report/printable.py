"""Text from outside made harmless, at the edge of every writer.

A submission or a ruleset may hold anything: sequences that recolour a terminal, characters that
reverse the reading direction, commands to a build server, characters that no XML file may hold.
They are shown, spelled out, and do nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re

#: Characters that are not seen as themselves: controls, invisible and direction marks, private
#: use, surrogates, noncharacters. Fixed ranges, because the Unicode tables of Python change with
#: its version and a report must not.
_UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
_UNSEEN_CHARACTER = re.compile(f"[{_UNSEEN}]")
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
#: ``::error::`` (GitHub), ``##[error]``, ``##vso[`` (Azure), ``##teamcity[``: wrapping can put
#: any part of a text at the start of a line, so the pairs are parted wherever they stand.
_COMMAND = re.compile(r":(?=:)|#(?=#)")
_JSON_UNSAFE = re.compile(f"[{_UNSEEN}\x85\u2028\u2029]|#(?=#)")

MASK_DIGITS = 8


def printable(text: str) -> str:
    """The text on one line, with nothing in it that a terminal, build server or parser obeys.

    >>> printable("\\x1b[31mred\\u202e ::error::x")
    '\\\\x1b[31mred\\\\u202e : :error: :x'
    """
    one_line = _BREAK.sub(" ", text)
    return _COMMAND.sub(r"\g<0> ", _UNSEEN_CHARACTER.sub(_spelled, one_line))


def json_printable(document: str) -> str:
    """A JSON document that means the same, with unsafe characters written as JSON escapes."""
    return _JSON_UNSAFE.sub(lambda match: _json_escape(match.group()), document)


def masked(value: str, key: bytes) -> str:
    """A confidential value as eight hexadecimal digits: the same value, the same digits.

    ``key`` must not follow from what the report prints, such as a file's plain hash: prices are
    few, and whoever knows the key can try them all.
    """
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
        :MASK_DIGITS]


def _spelled(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
