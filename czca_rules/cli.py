"""The command line: `czca` and its commands.

Only what the help needs is imported here; each command imports its own when it runs.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, NoReturn

import typer

from czca_rules import __version__
from czca_rules.commands import (
    cases,
    check,
    compare,
    convert,
    explain,
    init,
    options,
    rules,
    verify,
)
from czca_rules.commands.endings import INTERRUPTED, ending
from czca_rules.commands.streams import prepare_streams, say

SETTINGS = {"help_option_names": ["-h", "--help"]}
EPILOG = options.EXAMPLES.format("czca init submissions/gr-it-2026-03-11",
                                 "czca check submissions/gr-it-2026-03-11 -o report.html")

# Without rich: no brackets of data read as markup, and the help is there in half the time.
app = typer.Typer(name="czca", rich_markup_mode=None, pretty_exceptions_enable=False,
                  add_completion=False, no_args_is_help=True, context_settings=SETTINGS,
                  epilog=EPILOG)
converters = typer.Typer(rich_markup_mode=None, no_args_is_help=True, context_settings=SETTINGS,
                         help="Turn foreign formats into submissions.")


def _register(group: typer.Typer, name: str, command: Callable[..., int], epilog: str) -> None:
    group.command(name, epilog=epilog, context_settings=SETTINGS)(ending(command))


def _version(wanted: bool) -> None:
    if wanted:
        say(f"czca {__version__}")
        raise typer.Exit


@app.callback()
def czca(
    version: Annotated[bool, typer.Option(
        "--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    """Checks allocations of cross-zonal capacity to balancing capacity against their rules."""


_register(app, "check", check.check, check.EPILOG)
_register(app, "verify", verify.verify, verify.EPILOG)
_register(app, "compare", compare.compare, compare.EPILOG)
_register(app, "init", init.init, init.EPILOG)
_register(app, "rules", rules.rules, rules.EPILOG)
_register(app, "explain", explain.explain, explain.EPILOG)
_register(app, "test", cases.run_cases, cases.EPILOG)
app.add_typer(converters, name="convert", epilog=convert.EPILOG)
_register(converters, "regelleistung", convert.regelleistung, convert.EPILOG)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `czca` and exit with its code."""
    prepare_streams()
    gc.set_threshold(20_000, 20, 20)  # a short run makes many small objects and keeps them
    try:
        app(None if arguments is None else list(arguments), prog_name="czca")
    except KeyboardInterrupt:  # before or after a command, which has its own ending
        sys.exit(INTERRUPTED)
    sys.exit(0)


if __name__ == "__main__":
    main()
