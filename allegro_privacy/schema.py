"""What a configuration may say: a table of sections and keys, and the check that reports every problem at once."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

REQUIRED: Any = object()


class UnfitError(ValueError):
    """A value that does not fit its key; the words say what would."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: how its value is read, and its default (none: the key must be there)."""

    read: Callable[[object], object]
    default: object = REQUIRED


Sections = Mapping[str, Mapping[str, Key]]


@dataclass(slots=True)
class Checked:
    """The values that fit, by section, and every problem found so far.

    rows: of an array of tables each table with its number, and of its keys those that fit.
    """

    text: str
    name: str
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def report(self, section: str, key: str, words: str, occurrence: int = 0) -> None:
        """Add a problem, with the line where it most likely stands (tomllib keeps no line numbers)."""
        line = line_of(self.text, section, key, occurrence)
        place = f"{self.name}, line {line}" if line else self.name
        shown = " ".join(part for part in (f"[{section}]" if section else "", key) if part)
        self.problems.append(f"{place}: {shown}: {words}")


def check(document: Mapping[str, Any], sections: Sections, text: str, name: str) -> Checked:
    """Compare a whole document with the table of sections."""
    checked = Checked(text, name)
    tables = {section.removesuffix("[]").removesuffix(".*") for section in sections if section}
    for key, value in document.items():
        if key in tables or key in sections[""]:
            continue
        if isinstance(value, dict | list):
            checked.report(key, "", "unknown section" + _hint(key, tables))
        else:
            checked.report("", key, "unknown key" + _hint(key, set(sections[""])))
    for section, keys in sections.items():
        if section.endswith("[]"):
            _check_rows(checked, section.removesuffix("[]"), keys, document)
        elif section.endswith(".*"):
            _check_named(checked, section.removesuffix(".*"), keys, document)
        else:
            table = document if not section else document.get(section, {})
            checked.values[section] = _check_table(checked, section, keys, table, top=not section)
    return checked


def _check_rows(checked: Checked, section: str, keys: Mapping[str, Key], document: Mapping[str, Any]) -> None:
    found = document.get(section, [])
    rows = found if isinstance(found, list) else []
    if rows is not found:
        checked.report(section, "", f"write one [[{section}]] table for each")
    read = [_check_table(checked, section, keys, row, occurrence=number) for number, row in enumerate(rows)]
    checked.rows[section] = list(enumerate(read))
    checked.values[section] = {"rows": read}


def _check_named(checked: Checked, section: str, keys: Mapping[str, Key], document: Mapping[str, Any]) -> None:
    """Tables that the office names itself: [section.NAME]."""
    found = document.get(section, {})
    named = found if isinstance(found, dict) else {}
    if named is not found or not all(isinstance(table, dict) for table in named.values()):
        checked.report(section, "", f"write each as a table with a name of its own: [{section}.NAME]")
        named = {}
    checked.values[section] = {
        name: _check_table(checked, f"{section}.{name}", keys, table) for name, table in named.items()
    }


def _check_table(
    checked: Checked, section: str, keys: Mapping[str, Key], table: object, top: bool = False, occurrence: int = 0
) -> dict[str, Any]:
    if not isinstance(table, dict):
        checked.report(section, "", "must be a table")
        return {}
    values: dict[str, Any] = {}
    for unknown in () if top else [name for name in table if name not in keys]:
        checked.report(section, unknown, "unknown key" + _hint(unknown, set(keys)), occurrence)
    for name, key in keys.items():
        if name not in table:
            if key.default is REQUIRED:
                checked.report(section, name, "missing", occurrence)
            else:
                values[name] = key.default
            continue
        try:
            values[name] = key.read(table[name])
        except UnfitError as problem:
            checked.report(section, name, str(problem), occurrence)
    return values


def _hint(word: str, known: set[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else f"; known here: {', '.join(sorted(known))}"


def line_of(text: str, section: str, key: str, occurrence: int = 0) -> int | None:
    """The line of a key (or of its section when the key is not there); the nth table of an array of tables."""
    header = re.compile(r"\s*\[\[?\s*([^\]]*?)\s*\]")
    assignment = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""") if key else None
    current, seen, section_line = "", -1, None
    for number, line in enumerate(text.splitlines(), start=1):
        if match := header.match(line):
            current = match[1]
            seen += current == section
            if current == section and seen == occurrence:
                section_line = number
        elif assignment and current == section and (not section or seen == occurrence) and assignment.match(line):
            return number
    return section_line


def any_text(value: object) -> str:
    """Text, which may be empty."""
    if not isinstance(value, str):
        raise UnfitError(f"must be text in quotes, not {_named(value)}")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", value):
        raise UnfitError("must not hold control characters")
    return value


def text(value: object) -> str:
    """Text that says something."""
    if not any_text(value).strip():
        raise UnfitError("must not be empty")
    return any_text(value)


def path(value: str, base: Path) -> Path:
    """A path as it is written, relative to `base`, with ~ for the home folder."""
    return Path(os.path.normpath(base / Path(value).expanduser()))


def texts(value: object) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list):
        raise UnfitError(f'must be a list of texts, like ["…"], not {_named(value)}')
    return tuple(text(each) for each in value)


def email(value: object) -> str:
    """One e-mail address."""
    return emails([value])[0].strip()


def emails(value: object) -> tuple[str, ...]:
    """A list of e-mail addresses."""
    for each in texts(value):
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", each.strip()):
            raise UnfitError(f'"{each}" is not an e-mail address')
    return texts(value)


def whole_number(value: object) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnfitError(f"must be a whole number, not {_named(value)}")
    return value


def share(value: object) -> float:
    """A share between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UnfitError("must be a number from 0 to 1, for example 0.05 for 5 %")
    return float(value)


def age(value: object) -> timedelta:
    """A length of time: "90m", "26h" or "3d"."""
    match = re.fullmatch(r"(\d{1,4})([mhd])", value) if isinstance(value, str) else None
    if not match:
        raise UnfitError('must be a time like "90m", "26h" or "3d"')
    return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[match[2]]: int(match[1])})


def seconds(value: object) -> timedelta:
    """A short wait: "1s" to "60s"."""
    match = re.fullmatch(r"(\d{1,2})s", value) if isinstance(value, str) else None
    if not match or not 1 <= int(match[1]) <= 60:
        raise UnfitError('must be a time from "1s" to "60s"')
    return timedelta(seconds=int(match[1]))


def ping_url(value: object) -> str:
    """A URL that a ping goes to, or "" for none. The words of a refusal never repeat it: it is a secret."""
    from urllib.parse import urlsplit

    url = any_text(value).strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UnfitError("is not a URL") from None
    if parts.scheme not in ("https", "http") or not host or not re.fullmatch(r"[!-~]+", url):
        raise UnfitError('must be a URL like "https://monitor.example/…", or "" for none')
    if parts.scheme == "http" and not _is_this_machine(host):
        raise UnfitError("must begin with https:// (http:// only reaches this machine: 127.0.0.1, [::1] or localhost)")
    if parts.username is not None or parts.fragment:
        raise UnfitError("must hold no user name, password or #")
    return url


def _is_this_machine(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def time_zone(value: object) -> str:
    """The name of a time zone that this machine knows."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text(value))
    except (ValueError, OSError, LookupError) as error:
        raise UnfitError(f'"{value}" is not a time zone; write one like "America/New_York"') from error
    return text(value)


def one_of(*allowed: str) -> Callable[[object], str]:
    """One of a few words."""

    def read(value: object) -> str:
        if value not in allowed:
            shown = f'"{value}"' if isinstance(value, str) else _named(value)
            raise UnfitError(f"must be one of {', '.join(allowed)}, not {shown}")
        return str(value)

    return read


def _named(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
    return names.get(type(value), "a date")
