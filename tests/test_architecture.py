"""The directions of docs/design: who may know whom. Read from the imports, so that they stay true."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "allegro_privacy"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

# Each part, and what of the package it may know.
MAY_KNOW = {
    "core": {"core", "errors"},
    "sources": {"sources", "core", "errors"},
    "store": {"store", "core", "errors"},
    "lists": {"lists", "core", "errors"},
    "reports": {"reports", "core", "errors"},
    "workflow": {"workflow", "core", "sources", "store", "lists", "reports", "config", "schema", "tables", "errors"},
    "web": {"web", "workflow", "core", "config", "errors"},
    "cli": {"cli", "web", "workflow", "core", "config", "schema", "errors", "allegro_privacy"},
    "config": {"accounts", "core", "links", "mappings", "recipients", "schema", "sections", "errors"},
    "sections": {"accounts", "core", "links", "mappings", "recipients", "schema", "errors"},
    "links": {"core", "schema", "errors"},
    "recipients": {"core", "schema", "errors"},
    "mappings": {"core", "schema", "errors"},
    "accounts": {"core", "schema", "errors"},
    "schema": {"errors"},
    "tables": {"errors"},
    "errors": set[str](),
    "allegro_privacy": set[str](),
    "__main__": {"cli"},
}
# A library that one place alone may import.
KEPT = {
    "typer": "cli",
    "rich": "cli",
    "sqlite_utils": "store",
    "sqlite3": "store",
    "pysqlite3": "store",
    "imapclient": "sources/imap",
    "msal": "sources/oauth_microsoft.py",
    "google": "sources/oauth_google.py",
    "google_auth_oauthlib": "sources/oauth_google.py",
    "keyring": "sources/secrets.py",
    "matplotlib": "reports/charts.py",
    "paramiko": "lists/sftp.py",
    "pyrage": "lists/sealing.py",
    "pysequoia": "lists/sealing.py",
    "cryptography": "core/link_token.py",
    "waitress": "web/server.py",
}
# What would make a pure module impure.
WORLD = {
    "os",
    "sys",
    "pathlib",
    "io",
    "socket",
    "subprocess",
    "time",
    "random",
    "secrets",
    "tempfile",
    "shutil",
    "logging",
}


def _part(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem.replace("__init__", "allegro_privacy")


def _without_type_checking(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING`: to name a type is not to know its module when running."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        yield node
        named_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        todo.extend(() if named_only else ast.iter_child_nodes(node))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, anywhere in it, with its line; names of the package in full."""
    for node in _without_type_checking(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: relative import"
            whole = node.module or ""
            yield from (
                (f"{whole}.{alias.name}" if whole == "allegro_privacy" else whole, node.lineno) for alias in node.names
            )


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_knows_only_the_parts_below_it(path: Path) -> None:
    allowed = MAY_KNOW[_part(path)]
    for module, line in _imports(path):
        if module.split(".")[0] == "allegro_privacy":
            known = [*module.split("."), "allegro_privacy"][1] if module != "allegro_privacy" else "allegro_privacy"
            known = "allegro_privacy" if known.startswith("__version__") else known
            assert known in allowed, f"{_name(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_library_is_imported_in_its_one_place_only(path: Path) -> None:
    inside = path.relative_to(PACKAGE).as_posix()
    for module, line in _imports(path):
        place = KEPT.get(module.split(".")[0])
        assert place is None or inside.startswith(place), f"{_name(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", [path for path in MODULES if _part(path) == "core"], ids=_name)
def test_the_core_is_pure(path: Path) -> None:
    for module, line in _imports(path):
        assert module.split(".")[0] not in WORLD, f"{_name(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", [path for path in MODULES if _part(path) == "cli"], ids=_name)
def test_the_command_line_imports_nothing_heavy_when_it_starts(path: Path) -> None:
    """Only typer at the top: --help must feel instant. Modules that are themselves imported late are free to."""
    if path.stem not in {
        "__init__",
        "app",
        "console",
        "failures",
        "traffic",
        "review",
        "cases",
        "deadlines",
        "reply",
        "report",
        "oversight",
        "linking",
        "upkeep",
    }:
        return
    light = {"typer", "allegro_privacy", "__future__"}
    standard = {"collections", "dataclasses", "functools", "inspect", "json", "os", "pathlib", "sys", "typing", "errno"}
    standard |= {"contextlib", "textwrap", "unicodedata"}
    for node in ast.parse(path.read_text("utf-8")).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] in light | standard, f"{_name(path)}:{node.lineno} imports {name}"
            if name.startswith("allegro_privacy"):
                assert name.split(".")[1:2] in ([], ["cli"], ["errors"]), f"{_name(path)}:{node.lineno} imports {name}"


def test_only_the_console_prints() -> None:
    for path in MODULES:
        if path.name == "console.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "typer.echo", "typer.secho", "sys.stdout.write", "sys.stderr.write"}, (
                    f"{_name(path)}:{node.lineno} prints"
                )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_stays_small(path: Path) -> None:
    """300 lines and 40 want a second look; these bounds are where a look is not enough."""
    source = path.read_text("utf-8")
    assert source.count("\n") <= 450, f"{_name(path)} wants to be split"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 60, f"{_name(path)}:{node.lineno} {node.name} is {length} lines long"
