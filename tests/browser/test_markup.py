"""The page is valid: HTML, its inline SVG and its style sheet, as vnu of the W3C judges them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from browser.opened_page import PageFile
from browser.sample_pages import PAGES


@pytest.fixture(scope="module")
def errors(vnu: list[str], page_file: PageFile) -> dict[str, list[str]]:
    """What vnu holds against each page; one run, since starting Java takes the most time."""
    return _judged(vnu, {name: page_file(name) for name in PAGES})


@pytest.mark.parametrize("name", PAGES)
def test_vnu_finds_no_error(name: str, errors: dict[str, list[str]]) -> None:
    assert errors[name] == []


def test_vnu_would_find_an_error_in_each_language(vnu: list[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text("<!doctype html><html lang='en'><title>Wrong</title>"
                    "<style>p { colour: red }</style><p id='a'><p id='a'>"
                    "<svg><rect widht='1'/></svg>", encoding="utf-8")
    found = " ".join(_judged(vnu, {"wrong": path})["wrong"])
    assert "colour" in found
    assert "Duplicate ID" in found
    assert "widht" in found


def _judged(vnu: list[str], files: dict[str, Path]) -> dict[str, list[str]]:
    """Each error of each file once, with the first place where it stands."""
    done = subprocess.run([*vnu, "--format", "json", "--exit-zero-always", "--stdout",
                           *map(str, files.values())], capture_output=True, text=True, check=True)
    found: dict[str, dict[str, str]] = {name: {} for name in files}
    names = {path.as_uri().replace("///", "/"): name for name, path in files.items()}
    for message in json.loads(done.stdout)["messages"]:
        if message["type"] != "info":
            place = f"line {message.get('lastLine')}: {message.get('extract', '')[:120]}"
            found[names[message["url"].replace("///", "/")]].setdefault(message["message"], place)
    return {name: [f"{error} ({place})" for error, place in errors.items()]
            for name, errors in found.items()}
