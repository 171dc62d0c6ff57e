"""A page as its tests read it: tags with what is in them, and the text without markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "br", "input", "link", "img", "hr"}
#: Tags that the page may leave open; the next of the kind, or the end of the table, closes them.
_LEFT_OPEN = {"tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"}}


@dataclass
class Tag:
    """One element: its attributes, and all text in it."""

    name: str
    attributes: dict[str, str]
    inside: tuple[Tag, ...]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it, in one line."""
        return " ".join("".join(self.pieces).split())

    def within(self, **attributes: str) -> bool:
        """Whether it stands in an element with these attributes."""
        return any(all(tag.attributes.get(name) == value for name, value in attributes.items())
                   for tag in self.inside)


class Outline(HTMLParser):
    """All elements of a page, in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self._open: list[Tag] = []
        self.feed(page)

    def named(self, *names: str) -> list[Tag]:
        """The elements of these names."""
        return [tag for tag in self.tags if tag.name in names]

    def one(self, **attributes: str) -> Tag:
        """The one element with these attributes."""
        found, = self.having(self.tags, **attributes)
        return found

    @staticmethod
    def having(tags: Iterable[Tag], **attributes: str) -> list[Tag]:
        """Those with these attributes."""
        return [tag for tag in tags
                if all(tag.attributes.get(name) == value for name, value in attributes.items())]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for open_tag in reversed(self._open):
            if open_tag.name not in _LEFT_OPEN.get(tag, ()):
                break
            self._open.pop()
        element = Tag(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.tags.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs},
                             tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().name != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)
