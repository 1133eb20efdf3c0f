"""Write docs/cli.md from the commands themselves: `python docs/generate_cli.py`. `--check` only compares."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from allegro_privacy.cli.app import PANELS, app, register_all

PAGE = Path(__file__).with_name("cli.md")
EVERYWHERE = ("--config", "--db", "--quiet", "--verbose", "--json", "--dry-run", "--yes", "--no-input", "--as")
INTRODUCTION = """\
# The command line

*Made from the program by `python docs/generate_cli.py`; a test keeps it true.*

Once a name, an option or a JSON field stands here, it is only ever added to. Every command also has `-h` and `--help`.

## Exit codes

| code | meaning |
|---|---|
| 0 | done; also "found requests", "some need review", "nothing to do" |
| 1 | failed; nothing half-done |
| 2 | wrong usage or configuration |
| 3 | done, but some could not be handled and will be tried again |
| 4 | a check found something, or a guard refused to let a list leave |
| 75 | temporary: try again |
| 130 | interrupted |

News is data (`--json`), never an exit code.

## Options that many commands share

"""


def page() -> str:
    """The whole page as text."""
    register_all()
    top: Any = typer.main.get_command(app)
    commands = [top.commands[name] for name in top.list_commands(None)]
    shared = {_shared_name(option): option for each in commands for option in each.params if _shared_name(option)}
    parts = [INTRODUCTION, _table([shared[name] for name in EVERYWHERE if name in shared])]
    for panel in PANELS:
        rows = [each for each in commands if each.rich_help_panel == panel]
        parts += [f"\n## {panel}\n"] if rows else []
        parts += [text for each in rows for text in _commands(each, each.name)]
    return "".join(parts).rstrip() + "\n"


def _commands(command: Any, name: str) -> Iterator[str]:
    """A command, and those below it."""
    yield _section(command, name)
    for below in getattr(command, "commands", {}).values():
        yield from _commands(below, f"{name} {below.name}")


def _section(command: Any, name: str) -> str:
    own = [parameter for parameter in command.params if _help(parameter) and not _shared_name(parameter)]
    shared = [f"`{_shared_name(parameter)}`" for parameter in command.params if _shared_name(parameter)]
    lines = [f"\n### {name}\n\n{inspect.cleandoc(command.help or '')}\n"]
    if own:
        lines += ["\n", _table(own)]
    if shared:
        lines += [f"\nAlso {', '.join(shared)}.\n"]
    return "".join(lines)


def _shared_name(parameter: Any) -> str:
    return next((name for name in parameter.opts if name in EVERYWHERE), "")


def _table(parameters: list[Any]) -> str:
    rows = [f"| {_names(parameter)} | {_help(parameter)} |\n" for parameter in parameters]
    return "".join(["| | |\n|---|---|\n", *rows])


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return "`{}`".format((parameter.metavar or parameter.name.upper()).replace("|", "\\|"))
    value = "" if parameter.is_flag else f" {parameter.metavar or 'VALUE'}"
    return ", ".join(f"`{name}{value}`" for name in parameter.opts)


def _help(parameter: Any) -> str:
    text = (parameter.help or "").replace("|", "\\|")
    default = parameter.default
    plain = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return f"{text} Default: `{default}`." if plain and not parameter.required else text


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(0 if PAGE.exists() and PAGE.read_text("utf-8") == page() else "docs/cli.md is not up to date")
    PAGE.write_text(page(), "utf-8")
