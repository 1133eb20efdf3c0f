"""The texts are true: commands exist, links lead somewhere, the page of commands is the program's own."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import typer

from allegro_privacy.cli.app import app, register_all

ROOT = Path(__file__).parent.parent
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "contrib").glob("*.md")])
TRY_IT = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/allegro-privacy demo"
TEST_IT = "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest"
CALL = re.compile(r"(?:\.venv/bin/|`|&& )allegro-privacy((?: [a-z][a-z-]*)*)((?: [^`\n#|]*)?)")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
WORDS = {
    *(
        "Source",
        "Message",
        "Origin",
        "Person",
        "Key",
        "Kind",
        "Effect",
        "Scope",
        "Evidence",
        "Doubt",
        "Request",
        "Reading",
    ),
    *(
        "Standing",
        "Decision",
        "Event",
        "Ledger",
        "Receipt",
        "Suppression",
        "Review",
        "Case",
        "Clock",
        "Layout",
        "Export",
    ),
    *("Manifest", "Drop", "Scrub", "Verdict", "Draft", "Actor", "Channel", "Via"),
}


@pytest.fixture(scope="module")
def commands():
    register_all()
    return typer.main.get_command(app).commands


def ids(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_has_its_two_commands_word_for_word() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert TRY_IT in lines
    assert TEST_IT in lines


def test_the_checks_take_the_test_command_from_the_readme() -> None:
    assert "command_of_readme=$(grep" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("path", TEXTS, ids=ids(TEXTS))
def test_every_command_that_a_text_shows_exists_with_its_options(path: Path, commands) -> None:
    for words, rest in CALL.findall(path.read_text("utf-8")):
        names = words.split()
        if not names:
            continue
        assert names[0] in commands, f"{path.name}: {names[0]}"
        command = commands[names[0]]
        if len(names) > 1 and names[1] in getattr(command, "commands", {}):
            command = command.commands[names[1]]
        known = {option for parameter in command.params for option in parameter.opts} | {"-h", "--help"}
        used = set(re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", rest))
        assert used <= known, f"{path.name}: {names[0]} {used - known}"


@pytest.mark.parametrize("path", TEXTS, ids=ids(TEXTS))
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, anchor in LINK.findall(path.read_text("utf-8")):
        place = (path.parent / target).resolve() if target else path
        assert place.exists(), f"{path.name}: {target}"
        assert place.is_relative_to(ROOT)
        if anchor:
            assert anchor in anchors(place.read_text("utf-8")), f"{path.name}: {target}#{anchor}"


@pytest.mark.parametrize("path", TEXTS, ids=ids(TEXTS))
def test_every_path_that_a_text_names_is_there(path: Path) -> None:
    named = re.findall(
        r"`((?:allegro_privacy|tests|docs|benchmarks|fixtures|contrib)/[\w./-]*)`", path.read_text("utf-8")
    )
    assert [name for name in named if "xx" not in name and not (ROOT / name).exists()] == []


def test_the_page_of_commands_is_the_programs() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "generate_cli.py"))["page"]()
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == page, "run: python docs/generate_cli.py"


def test_the_glossary_explains_every_word_once() -> None:
    explained = re.findall(r"^\| ([A-Z][\w ]*) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert set(explained) >= WORDS
    assert len(explained) == len(set(explained))


def test_the_changelog_knows_the_version() -> None:
    from allegro_privacy import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_key_of_the_sample_configuration_is_explained_where_it_stands() -> None:
    text = (ROOT / "allegro_privacy" / "data" / "config.toml").read_text("utf-8")
    assert tomllib.loads(text)["schema"] == 1
    assert text.count("#") > 20
