"""How a command ends: with its exit code, never with a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec

import typer

from czca_rules.commands.interrupts import heeding_signals
from czca_rules.commands.streams import silence, tell
from czca_rules.errors import CzcaError, ProblemsError, RulesetError

COULD_NOT = 2
INTERRUPTED = 130

Arguments = ParamSpec("Arguments")


def ending(command: Callable[Arguments, int]) -> Callable[Arguments, NoReturn]:
    """A command that exits with the code it returns, or with 2 and one clear message."""
    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> NoReturn:
        with heeding_signals() as heard:
            code = heard.code(exit_code(lambda: command(*args, **kwargs)))
        raise typer.Exit(code)

    return run


def exit_code(command: Callable[[], int]) -> int:
    """Run a command; whatever goes wrong becomes a message and a code."""
    try:
        return command()
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        silence(sys.stdout)
        return COULD_NOT
    except CzcaError as error:
        tell(told(error))
    except OSError as error:
        where = f"{_path(error.filename)}: " if error.filename else ""
        tell(f"Error: {where}{(error.strerror or str(error)).lower()}.")
    except MemoryError:
        tell("Error: the data do not fit into memory.")
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how the engine passes an interrupt on
            return _interrupted()
        _tell_fault(error)
    except Exception as error:  # noqa: BLE001 - the last resort, so that nobody meets a traceback
        _tell_fault(error)
    return COULD_NOT


def _interrupted() -> int:
    tell("Interrupted.")
    return INTERRUPTED


def _tell_fault(error: Exception) -> None:
    """Say that the fault is ours, in one sentence; where it lies is for those who ask."""
    if os.environ.get("CZCA_DEBUG") == "1":
        traceback.print_exception(error)
    first = (str(error).splitlines() or [""])[0]
    tell(_plain(f"Error: this is a fault of czca_rules, not of your files "
                f"({type(error).__name__}: {first}); CZCA_DEBUG=1 shows where."))


def told(error: CzcaError) -> str:
    """What is wrong, as the reader of a terminal may see it; places first where there are any."""
    lines = [_plain(line) for line in str(error).splitlines()] or [type(error).__name__]
    if isinstance(error, ProblemsError):
        what = "ruleset" if isinstance(error, RulesetError) else "input"
        return "\n".join([f"Error: the {what} cannot be read.", *(f"  {line}" for line in lines)])
    text = "\n".join(lines)
    return f"Error: {text}" if text.endswith((".", "?", "!", ")")) else f"Error: {text}."


def _plain(text: str) -> str:
    from czca_rules.report.printable import printable

    return printable(text)


def _path(name: object) -> str:
    return _plain(os.fsdecode(name) if isinstance(name, bytes) else str(name)).replace(os.sep, "/")
