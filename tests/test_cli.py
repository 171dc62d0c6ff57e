"""The command line as transcripts: each file in ``transcripts/`` reads like a page of the manual.

A transcript holds commands, what each writes to standard output and standard error, and its exit
code. ``CZCA_WRITE_TRANSCRIPTS=1 pytest tests/test_cli.py`` writes what comes out now; the
difference is then for a person to read.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cli_submission
import pytest

from czca_rules import cli

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
ERRORS, EXIT = "--- standard error", "--- exit code "

OF_A_REPORT = re.compile(r"(beside the baseline )[0-9a-f]{12}")
Run = Callable[[str], tuple[str, str, int]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with submissions; its output, its errors, its exit code."""
    cli_submission.write_submission(tmp_path / "gr-it")
    cli_submission.compliant(tmp_path / "gr-it-within")
    shutil.copytree(Path(__file__).parent / "rulesets", tmp_path / "rulesets")
    history = tmp_path / "history"
    cli_submission.write_submission(tmp_path / "gr-it-today")
    history.mkdir()
    (tmp_path / "gr-it-today" / "offered_capacity.csv").rename(history / "offered_capacity.csv")
    monkeypatch.chdir(tmp_path)

    def command(line: str) -> tuple[str, str, int]:
        words = shlex.split(line)
        assert words[0] == "czca"
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(words[1:])
        out, err = capfd.readouterr()
        code = ended.value.code
        return out, err, code if isinstance(code, int) else 0

    return command


def written(title: str, lines: list[str], run: Run) -> str:
    """A transcript of some commands as they come out now."""
    parts = [title]
    for line in lines:
        out, err, code = run(line)
        part = f"$ {line}\n{out}"
        if err:
            part += f"{ERRORS}\n{err}"
        parts.append(f"{part}{EXIT}{code}\n")
    # a report states the versions of the machine, so its hash is another one elsewhere
    return OF_A_REPORT.sub(r"\g<1>............", "\n".join(parts))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, run: Run) -> None:
    text = path.read_text(encoding="utf-8")
    title = text[:text.index("$ ")].strip() + "\n"
    now = written(title, COMMAND.findall(text), run)
    if os.environ.get("CZCA_WRITE_TRANSCRIPTS"):
        path.write_text(now, encoding="utf-8", newline="\n")
        return
    assert now == text, "see the difference; CZCA_WRITE_TRANSCRIPTS=1 takes the new one over"


def test_every_command_stands_in_some_transcript() -> None:
    shown = {words[1] for path in TRANSCRIPTS
             for line in COMMAND.findall(path.read_text(encoding="utf-8"))
             if len(words := shlex.split(line)) > 1}
    assert {"check", "verify", "compare", "init", "rules", "explain", "test", "convert"} <= shown


@pytest.mark.parametrize("command", [
    "check", "verify", "compare", "init", "rules", "explain", "test", "convert regelleistung"])
def test_help_ends_with_two_examples(command: str, run: Run) -> None:
    out, _, code = run(f"czca {command} --help")
    assert code == 0
    examples = out.split("Examples:")[1]
    assert len(re.findall(rf"^ +czca {command}", examples, re.MULTILINE)) == 2


def test_the_exit_code_is_the_same_for_every_format(run: Run) -> None:
    for folder, select, code in (("gr-it", "GI-8.1", 1), ("gr-it-within", "GI-14.1", 0),
                                 ("gr-it", "GI-13.11", 3), ("nowhere", "GI-8.1", 2)):
        for options in ("", "-o r.json -o r.html", "-o -", "--findings all -o a.json"):
            found = run(f"czca check {folder} --select {select} {options}")[2]
            assert found == code, (folder, options)


def test_json_on_standard_output_is_the_document_alone(run: Run) -> None:
    out, err, _ = run("czca check gr-it -o - -o report.json")
    assert out.encode() == Path("report.json").read_bytes()
    assert "NOT CONSISTENT WITH THE DRAFT" in err


def test_all_findings_go_to_a_file_beside_the_first_report(run: Run) -> None:
    _, err, _ = run("czca check gr-it --findings all.csv -o out/report.html -o report.json")
    found, = Path("out").glob("findings-*.csv")
    assert f"Every finding: {found.as_posix()}" in err
    stated = json.loads(Path("report.json").read_bytes())["every_finding"]
    assert stated["file"] == found.name


def test_a_fault_of_our_own_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from czca_rules import api

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("x[/red] \x1b[31m")

    monkeypatch.setattr(api, "check", broken)
    out, err, code = run("czca check gr-it")
    assert (out, code) == ("", 2)
    assert "fault of czca_rules" in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    monkeypatch.setenv("CZCA_DEBUG", "1")
    assert "Traceback" in run("czca check gr-it")[1]


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), RuntimeError("Query interrupted")],
                         ids=["in Python", "in the engine"])
def test_an_interrupt_ends_with_130(run: Run, monkeypatch: pytest.MonkeyPatch,
                                    interrupt: BaseException) -> None:
    from czca_rules import api

    def interrupted(*_: object, **__: object) -> None:
        raise interrupt

    monkeypatch.setattr(api, "check", interrupted)
    assert run("czca check gr-it") == ("", "Interrupted.\n", 130)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    cli_submission.write_submission(tmp_path / "gr-it")
    for options in ([], ["-o", "-"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "czca_rules.cli", "check", "gr-it", *options], cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        errors = process.communicate()[1]
        assert process.returncode == 1, errors
        assert b"Traceback" not in errors
        assert b"Broken pipe" not in errors


def test_help_imports_nothing_heavy() -> None:
    code = ("import sys; from czca_rules import cli\n"
            "try: cli.main(['--help'])\n"
            "except SystemExit: pass\n"
            "heavy = {'duckdb', 'pandas', 'pandera', 'lark', 'jinja2', 'pydantic', 'rich', 'yaml'}"
            "\nprint(sorted(heavy & set(sys.modules)), file=sys.stderr)")
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"czca --help: {time.perf_counter() - started:.3f} s")
    assert done.stderr == "[]\n"


def test_brackets_of_data_are_not_markup(run: Run, tmp_path: Path) -> None:
    name = "[bold]x[/bold]"
    err = run(f"czca check '{name}'")[1]
    assert name in err


def test_the_plan_shows_the_statement_of_each_relation(run: Run) -> None:
    out, err, code = run("czca check gr-it --select GI-14.1 --select GI-14.1-not-negative "
                         "--select GI-13.11 --plan")
    heads = [line for line in out.splitlines() if line.startswith("-- ")]
    assert heads == ["-- capacity_use: GI-13.11",
                     "-- product_use: GI-14.1, GI-14.1-not-negative"]
    assert out.count("judged AS (") == 2
    assert (err, code) == ("", 0)
    assert run("czca check gr-it --plan -o report.json")[2] == 2
