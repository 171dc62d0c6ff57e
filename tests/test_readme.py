"""What the README shows is what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_sample_output_is_what_the_demo_prints() -> None:
    sample = (ROOT / "reports" / "sample.txt").read_text(encoding="utf-8")
    block = next(block for block in re.findall(r"```\n(.*?)```", README, re.DOTALL)
                 if block.startswith("Market-based allocation"))
    first, last = block.split("\n…\n")
    assert sample.startswith(first.strip())
    assert sample.rstrip().endswith(last.strip())


def test_every_path_that_it_names_exists() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path
    for folder in re.findall(r"^\| `([a-z_/]+/)` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
