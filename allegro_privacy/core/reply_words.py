"""What the letters of one language are put together from: the texts, the pieces, and dates written out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

SIGNATURE = "signature"
# Filled with a part of a piece, not of a letter.
_IN_PIECES = frozenset(
    {"name", "weekday", "day", "month", "year", "date", "phone", "since", "email", "mailings", "silence", "until"}
)
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_PIECES = (
    "date", "and", "greeting", "greeting_named", "listed_mailing", "listed_mailing_between", "by_date", "soon",
    "answer", "answer_paper", "contact", "contact_phone", "condolence_greeting",
)  # fmt: skip
_TABLES = (
    "asked",
    "asked-for-another",
    "next",
    "next-for-another",
    "stopped",
    "stopped-deceased",
    "afterwards",
    "mailings",
    "missing",
    "reasons",
)


@dataclass(frozen=True, slots=True)
class Template:
    """One letter as its file has it: its own subject, and its text with placeholders."""

    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that is written in one language. pieces: sentences by table and name; "" is the table of the file's
    own keys. months and weekdays begin with January and Monday."""

    code: str
    templates: Mapping[str, Template]
    pieces: Mapping[str, Mapping[str, str]]
    months: Sequence[str]
    weekdays: Sequence[str]

    def piece(self, table: str, key: str, /, **filled: str) -> str:
        """One sentence or part of it, filled."""
        return fill(self.pieces[table][key], filled)

    def day(self, when: date) -> str:
        """A date as people read it, never as digits that mean another day elsewhere."""
        return self.piece(
            "",
            "date",
            weekday=self.weekdays[when.weekday()],
            day=str(when.day),
            month=self.months[when.month - 1],
            year=str(when.year),
        )

    def listed(self, parts: Sequence[str]) -> str:
        """ "a", "a and b", "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.pieces['']['and']} {parts[-1]}"


def fill(text: str, values: Mapping[str, str]) -> str:
    """Every placeholder replaced, in one pass: braces in a value stay what they are. KeyError names one unfilled."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def placeholders(text: str) -> frozenset[str]:
    """The names in braces of a text."""
    return frozenset(_PLACEHOLDER.findall(text))


def load_language(code: str, texts: Mapping[str, str], words: Mapping[str, Any], known: frozenset[str]) -> Language:
    """The letters of one language from its files. Raises ValueError that names every file and what is wrong in it.

    texts: by the files' names without .txt.  known: the placeholders that a letter may have."""
    problems = [f"{code}/words.toml: {problem}" for problem in _wrong_words(words)]
    templates = {}
    for name, text in sorted(texts.items()):
        first, _, rest = text.partition("\n")
        subject = first.removeprefix("Subject: ").strip() if first.startswith("Subject: ") else ""
        if not subject and name != SIGNATURE:
            problems.append(f"{code}/{name}.txt: its first line must be Subject: …")
        templates[name] = Template(name, subject, (rest if subject else text).strip("\n"))
        problems += [f"{code}/{name}.txt: {{{each}}} is not known" for each in sorted(placeholders(text) - known)]
        if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
            problems.append(f"{code}/{name}.txt: a brace stands alone")
    if SIGNATURE not in templates:
        problems.append(f"{code}/{SIGNATURE}.txt is missing")
    if problems:
        raise ValueError("\n".join(problems))
    pieces = {"": {name: words[name] for name in _PIECES}} | {name: words[name] for name in _TABLES}
    return Language(code, templates, pieces, tuple(words["months"]), tuple(words["weekdays"]))


def _wrong_words(words: Mapping[str, Any]) -> list[str]:
    problems = [f"{name}: missing" for name in (*_PIECES, *_TABLES) if name not in words]
    for name, most in (("months", 12), ("weekdays", 7)):
        if len(words.get(name, ())) != most:
            problems.append(f"{name}: there must be {most}")
    flat = {name: words[name] for name in _PIECES if name in words}
    for table in ("", *_TABLES):
        for name, text in (flat if not table else words.get(table, {})).items():
            where = f"[{table}] {name}" if table else name
            if not isinstance(text, str) or not text.strip():
                problems.append(f"{where}: needs some text")
                continue
            unknown = sorted(placeholders(text) - _IN_PIECES - {"answer_by", "answer"})
            problems += [f"{where}: {{{each}}} is not known" for each in unknown]
    return problems
