"""One Chromium for all tests of the page, and what each test needs beside it.

Nothing here is needed to use czca_rules, so a test skips where it is missing and says what to
install; ``make browser`` installs all of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from browser.opened_page import OpenedPage, OpenPage, PageFile
from browser.sample_pages import page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NODE_MODULES = Path(__file__).parents[2] / "node_modules"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _skip(what: str, packages: str) -> NoReturn:
    pytest.skip(f"{what} is not installed: run `make browser`, or install {packages}")


@pytest.fixture(scope="package")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> PageFile:
    """The file of a sample page, by its name in ``PAGES``."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(name: str) -> Path:
        path = folder / f"{name}.html"
        path.write_text(page(name), encoding="utf-8", newline="\n")
        return path

    return written


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium without a window, started once and ended after the last test of this folder."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        _skip("Chromium", "the package `chromium`")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: run `make install`")
    with playwright.sync_playwright() as driver:
        # Only files that these tests wrote are opened, and root may not use Chromium's sandbox.
        browser = driver.chromium.launch(executable_path=program, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, page_file: PageFile) -> Iterator[OpenPage]:
    """Opens a sample page (by name) or a file from disk, the network off, everything watched.

    Options are those of a Playwright context: ``viewport``, ``color_scheme``,
    ``java_script_enabled``.
    """
    contexts = []

    def opened(name: str | Path, **options: Any) -> OpenedPage:
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        return OpenedPage(context, page_file(name) if isinstance(name, str) else name)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def axe() -> str:
    """The source of axe-core."""
    path = NODE_MODULES / "axe-core" / "axe.min.js"
    if not path.exists():
        _skip("axe-core", "Node.js and run `npm install`")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="package")
def vnu() -> list[str]:
    """The command that checks HTML files with vnu."""
    java, jar = shutil.which("java"), NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if java is None:
        _skip("Java", "the package `default-jre-headless`")
    if not jar.exists():
        _skip("vnu", "Node.js and run `npm install`")
    return [java, "-jar", str(jar)]
