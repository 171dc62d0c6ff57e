"""A report page opened from disk, with everything it asks for and complains about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

#: Runs before anything of the page, so that no violation of its security policy is missed.
_WATCH = """
  globalThis.violations = [];
  addEventListener("securitypolicyviolation", event =>
    violations.push(`${event.violatedDirective}: ${event.blockedURI || event.sample}`));
"""


class OpenedPage:
    """One page in one browser context.

    ``requests`` are the addresses that it asked for, itself included; ``messages`` what stands in
    the console, with errors that nobody caught.
    """

    def __init__(self, context: BrowserContext, path: Path) -> None:
        self.address = path.as_uri()
        self.requests: list[str] = []
        self.messages: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self.messages.append(
            f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.messages.append(f"error: {error.error}"))
        context.add_init_script(_WATCH)
        self.page = context.new_page()
        self.page.goto(self.address, wait_until="load")

    def run(self, script: str, argument: Any = None) -> Any:
        """The value of a JavaScript expression (or of a function, given ``argument``)."""
        return self.page.evaluate(script, argument)

    def open_details(self) -> None:
        """Unfolds every part of the page."""
        self.run("document.querySelectorAll('details').forEach(part => part.open = true)")

    @property
    def violations(self) -> list[str]:
        """What the page tried against its own content security policy."""
        return list(self.run("globalThis.violations ?? []"))

    def complaints(self) -> list[str]:
        """Every request but that of the file itself, console message and violation; best empty."""
        asked = [f"request: {url}" for url in self.requests if url != self.address]
        return asked + self.messages + [f"policy: {text}" for text in self.violations]


#: The fixtures that give the file of a sample page by its name, and open one.
PageFile = Callable[[str], Path]
OpenPage = Callable[..., OpenedPage]
