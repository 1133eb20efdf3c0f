"""The data tables: kinds, clocks and languages, as the package has them and as an office extends them."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from allegro_privacy.errors import ConfigError

Table = dict[str, Any]
MARKERS = "-markers"


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows, not code. kinds and clocks by their name; languages (phrases) and markers (of quotes, signatures, footers)
    by the code of the language, natures (what programs send), as written in the TOML files; cases (how rights requests
    are worked on); reader: the weights of the
    second reader, as contrib/train_reader.py writes them."""

    kinds: Table
    clocks: Table
    languages: Mapping[str, Table]
    markers: Mapping[str, Table]
    natures: Table
    reader: Table
    cases: Table = field(default_factory=dict)


def load(overrides: Path | None = None, languages: bool = True) -> Tables:
    """The tables in force: the package's, then those of the office's own folder laid over them.

    languages: False where nothing is read, since those tables are large."""
    packaged: Traversable = resources.files("allegro_privacy") / "data"
    folders = [packaged]
    if overrides is not None:
        if not overrides.is_dir():
            raise ConfigError(
                what="The folder of data overrides is not there.",
                why=f"[data] overrides names {overrides}.",
                fix='Create it, or write overrides = "" in the configuration.',
            )
        folders.append(overrides)
    kinds: Table = {}
    clocks: Table = {}
    cases: Table = {}
    natures: Table = {}
    reader: Table = {}
    spoken: dict[str, Table] = {}
    for folder in folders:
        kinds = merged(kinds, _read(folder / "kinds.toml"))
        clocks = merged(clocks, _read(folder / "clocks.toml"))
        cases = merged(cases, _read(folder / "cases.toml"))
        natures = merged(natures, _read(folder / "natures.toml")) if languages else natures
        reader = (_read_weights(folder / "reader.json") or reader) if languages else reader
        for code, file in _language_files(folder) if languages else ():
            spoken[code] = merged(spoken.get(code, {}), _read(file))
    markers = {code.removesuffix(MARKERS): table for code, table in spoken.items() if code.endswith(MARKERS)}
    phrases = {code: table for code, table in spoken.items() if not code.endswith(MARKERS)}
    return Tables(kinds, clocks, phrases, markers, natures, reader, cases)


def platforms(overrides: Path | None = None) -> dict[str, Table]:
    """How the files of mail platforms look, by the platform's name: the package's, and the office's own over them. A
    table of the office replaces ours of the same name, since shapes have no names to be merged by."""
    return _by_name("platforms", overrides)


def layouts(overrides: Path | None = None) -> dict[str, Table]:
    """The layouts of lists by name: the package's, and the office's own, which replace ours of the same name."""
    return _by_name("layouts", overrides)


def decoy_names(overrides: Path | None = None) -> Table:
    """What the names of decoys are made of; an office's own replace ours."""
    packaged = _read(resources.files("allegro_privacy") / "data" / "decoys.toml")
    return packaged if overrides is None else merged(packaged, _read(overrides / "decoys.toml"))


def _by_name(folder: str, overrides: Path | None) -> dict[str, Table]:
    folders: list[Traversable] = [resources.files("allegro_privacy") / "data" / folder]
    if overrides is not None and (overrides / folder).is_dir():
        folders.append(overrides / folder)
    files = [file for place in folders for file in place.iterdir() if file.name.endswith(".toml")]
    return {file.name.removesuffix(".toml"): _read(file) for file in sorted(files, key=lambda file: file.name)}


def replies(overrides: Path | None = None) -> dict[str, tuple[dict[str, str], Table]]:
    """The letters by language: their texts by name, and the pieces they are put together from. An office's own files
    replace ours, text by text and piece by piece; a language of its own is a folder more."""
    found: dict[str, tuple[dict[str, str], Table]] = {}
    packaged: Traversable = resources.files("allegro_privacy") / "data"
    for folder in (packaged, *([overrides] if overrides is not None else [])):
        place = folder / "replies"
        for language in sorted(place.iterdir(), key=lambda one: one.name) if place.is_dir() else ():
            if not language.is_dir():
                continue
            texts, words = found.get(language.name, ({}, {}))
            files = {file.name.removesuffix(".txt"): file for file in language.iterdir() if file.name.endswith(".txt")}
            read = {name: _read_text(file) for name, file in files.items()}
            found[language.name] = ({**texts, **read}, merged(words, _read(language / "words.toml")))
    return found


def natures(overrides: Path | None = None) -> Table:
    """What tells mail of programs from mail of people, without the languages."""
    packaged = _read(resources.files("allegro_privacy") / "data" / "natures.toml")
    return packaged if overrides is None else merged(packaged, _read(overrides / "natures.toml"))


def merged(base: Table, extra: Table) -> Table:
    """`extra` laid over `base`: tables are merged, rows with the same id and plain values are replaced."""
    result = dict(base)
    for key, value in extra.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value)
        elif _is_rows(old) and _is_rows(value):
            result[key] = _merged_rows(old, value)
        else:
            result[key] = value
    return result


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _merged_rows(base: Any, extra: Any) -> list[Table]:
    replaced = {row["id"] for row in extra if "id" in row}
    return [row for row in base if row.get("id") not in replaced] + list(extra)


def _language_files(folder: Traversable) -> list[tuple[str, Traversable]]:
    languages = folder / "languages"
    if not languages.is_dir():
        return []
    found = [(file.name.removesuffix(".toml"), file) for file in languages.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda pair: pair[0])


def _read(file: Traversable) -> Table:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(
            what="A data table cannot be read.",
            why=f"{file}: {error}",
            fix="Correct the file, then check it with: allegro-privacy doctor",
        ) from error


def _read_text(file: Traversable) -> str:
    try:
        return file.read_text("utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError(
            what="A reply cannot be read.",
            why=f"{file}: {error}",
            fix="Save it as UTF-8 text, then check it with: allegro-privacy doctor",
        ) from error


def _read_weights(file: Traversable) -> Table:
    """The second reader's weights, and the hash of them as they were written."""
    if not file.is_file():
        return {}
    try:
        written = file.read_text("utf-8")
        return {**json.loads(written), "hash": hashlib.sha256(written.encode()).hexdigest()}
    except (json.JSONDecodeError, TypeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(
            what="The second reader's weights cannot be read.",
            why=f"{file}: {error}",
            fix="Make them anew with contrib/train_reader.py --write, or remove the file.",
        ) from error
