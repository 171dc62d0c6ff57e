"""What a long run shows on a terminal, and that it can be interrupted at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import cli_submission
import pytest

from czca_rules import check
from czca_rules.commands import progress
from czca_rules.commands.progress import UPDATES_A_SECOND, is_watched, said

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")

SLOW = Path(__file__).with_name("slow_czca.py")
#: The endless statement would take hours; a busy machine takes seconds to start and end a process.
PATIENCE_S = 60
SHOW_CURSOR, HIDE_CURSOR, ERASE_LINE = b"\x1b[?25h", b"\x1b[?25l", b"\x1b[2K"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a submission, a place for reports and one for temporary files."""
    cli_submission.write_submission(tmp_path / "gr-it")
    for name in ("out", "temporary"):
        (tmp_path / name).mkdir()
    return tmp_path


def environment(place: Path, **more: str) -> dict[str, str]:
    """What a process may see: a terminal that can do anything, and its own temporary folder."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    return kept | {"TMPDIR": str(place / "temporary"), "TERM": "xterm-256color",
                   "COLUMNS": "80", **more}


def command(where: str, *arguments: str) -> list[str]:
    return [sys.executable, str(SLOW), where, "check", "gr-it", *arguments]


def on_a_terminal(place: Path, where: str, *arguments: str, **more: str) -> tuple[bytes, int]:
    """Standard error on a terminal of its own, everything that was written to it, and the code."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(command(where, *arguments), cwd=place, stdout=subprocess.DEVNULL,
                               stderr=theirs, env=environment(place, **more))
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 65536):
            written += piece
    except OSError:  # how a terminal says that the other end is closed
        pass
    os.close(ours)
    return written, process.wait(PATIENCE_S)


def test_a_long_run_says_on_one_line_what_it_is_at_and_then_removes_it(place: Path) -> None:
    written, code = on_a_terminal(place, "watched", "-o", "out/report.json")
    assert code == 1
    assert b"Judging rules" in written
    assert b"of 1 000 000 relations" in written
    head, _, rest = written.rpartition(ERASE_LINE)
    assert b"Judging" in head
    assert SHOW_CURSOR in written[written.rindex(HIDE_CURSOR):]
    assert b"Judging" not in rest  # the line is gone, what stays is what every run says
    assert b"Written: out/report.json" in rest


def test_the_line_changes_a_few_times_a_second_however_often_it_is_told(place: Path) -> None:
    began = time.monotonic()
    written, _ = on_a_terminal(place, "watched")
    seconds = time.monotonic() - began
    assert 1 <= written.count(b"Judging rules") <= 2 + UPDATES_A_SECOND * seconds


class Terminal(StringIO):
    """A terminal that keeps what it is shown."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("patience_s", "seen"), [(60.0, False), (0.0, True)])
def test_a_run_that_ends_soon_shows_no_progress(monkeypatch: pytest.MonkeyPatch,
                                                patience_s: float, seen: bool) -> None:
    monkeypatch.setattr(progress, "PATIENCE_S", patience_s)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.shown_progress() as told:
        told("Judging rules", 3, 16, "relations")
        deadline = time.monotonic() + PATIENCE_S
        while seen and "16 relations" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert ("Judging rules" in terminal.getvalue()) is seen


@pytest.mark.parametrize("unwatched", [{"CI": "true"}, {"TERM": "dumb"}], ids=["CI", "dumb"])
def test_a_log_or_a_dumb_terminal_sees_no_progress(place: Path, unwatched: dict[str, str]) -> None:
    assert on_a_terminal(place, "watched", **unwatched) == (b"", 1)


def test_a_pipe_sees_no_progress(place: Path) -> None:
    process = subprocess.run(command("watched"), cwd=place, env=environment(place),
                             capture_output=True, check=False)
    assert (process.stderr, process.returncode) == (b"", 1)
    assert b"\x1b" not in process.stdout


def test_whoever_calls_from_python_can_watch(place: Path) -> None:
    told: list[tuple[str, int, int, str]] = []
    check(place / "gr-it", every_finding=place / "out",
          progress=lambda step, done=0, total=0, unit="": told.append((step, done, total, unit)))
    steps = list(dict.fromkeys(step for step, *_ in told))
    assert steps == ["Opening files", "Reading tables", "Judging rules", "Collecting findings",
                     "Putting the report together", "Writing every finding"]
    read = [(done, total) for step, done, total, _ in told if step == "Reading tables"]
    assert read == sorted(read)
    assert read[-1][0] == read[-1][1] > 0
    assert all(done <= total or not total for _, done, total, _ in told)


def test_numbers_are_grouped_and_nothing_is_said_of_an_unknown_end() -> None:
    assert said(1_200_000, 34_000_000, "rows") == "1 200 000 of 34 000 000 rows"
    assert said(5, 0, "rows") == ""
    with open(os.devnull) as stream:
        assert not is_watched(stream)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
                         ids=["Ctrl-C", "asked to end"])
@pytest.mark.parametrize("where", ["reading", "judging", "collecting", "writing"])
def test_an_interrupt_at_any_moment_ends_at_once_and_leaves_nothing(
        place: Path, where: str, number: signal.Signals, code: int) -> None:
    form = "all" if number is signal.SIGINT else "all.csv"
    process = subprocess.Popen(
        command(where, "--findings", form, "-o", "out/report.json", "-o", "out/report.html"),
        cwd=place, env=environment(place), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline() == b"begun\n"
    time.sleep(0.3)  # into the middle of the statement
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S / 2
    assert process.returncode == code
    assert out == b""
    assert err.replace(b"begun\n", b"") == b"Interrupted.\n"
    assert list((place / "out").iterdir()) == []
    assert list((place / "temporary").iterdir()) == []


def test_an_interrupt_in_the_first_moments_leaves_nothing_either(place: Path) -> None:
    for after_s in (0.05, 0.3, 0.6, 0.9, 1.2):
        process = subprocess.Popen(
            command("judging", "-o", "out/report.json"), cwd=place, env=environment(place),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(after_s)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode in (143, -signal.SIGTERM)  # before or after it was heeded
        assert list((place / "temporary").iterdir()) == []
        assert list((place / "out").iterdir()) == []


def test_an_interrupt_that_somebody_ignores_stays_ignored(place: Path) -> None:
    """As with `nohup`, or in the background of a script."""
    script = "import signal, runpy, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); " \
             "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *command("watched")[1:]], cwd=place,
        env=environment(place), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert b"NOT CONSISTENT" in out
