"""Names behind a label: on its line, below it, in fields for first and last name, in the column of a table."""

import re
from collections.abc import Iterator
from functools import cache

from allegro_privacy.core.names import as_name, last_name_first, leading_name
from allegro_privacy.core.postal_tables import fold, read_table, tables

Names = list[tuple[int, str]]

_SEPARATOR = re.compile(r"[:=]+>?|\.{2,}|…+|_{2,}|\t|[ ][-–—]+>?[ ]|[👤👥🧍🪪📛][\ufe0f\u200d♂♀]*")
_IN_BRACKETS = re.compile(r"\([^()\n]{1,30}\)")
_BEFORE_LABEL = re.compile(r"[,;|.!?\t]|[ ]{2}")
RULE_LINE = re.compile(r"[\s|+:=_~*-]*")
_HEADS = re.compile(
    r"(?i)(?:name|nombres?|first|last|cliente|customer|titular|recipient|apellidos?)[ *_]*(?:[|;\t,]|[ ]{2})"
    r"|[|;\t,][ ]*(?:full |last )?(?:name|nombre)"
)
_CELLS = re.compile(r"\s*[|;\t]\s*|[ ]{2,}|,[ ]")


@cache
def _labels() -> dict[str, str]:
    """Each label and whether it asks for the name or one half of it."""
    table = read_table("identity.toml")["names"]
    kinds = {"labels": "name", "first_labels": "first", "last_labels": "last"}
    return {word: kind for key, kind in kinds.items() for word in table[key]}


@cache
def _not_of_a_person() -> frozenset[str]:
    return frozenset(read_table("identity.toml")["names"]["not_of_a_person"])


def labelled_names(text: str) -> Names:
    """Names behind a label ("Name: …", "Nombre: …"; first and last name may have one each) or in the column of one,
    with their positions."""
    fields = [(kind, at, value) for kind, at in _fields(text) if (value := _value(text, at))]
    found: Names = []
    for index, (kind, at, name) in enumerate(fields):
        others = [field for field in fields[index + 1 : index + 4] if field[1] - at < 200]
        before = fields[index - 1][0] if index else ""
        if kind == "last" and before not in ("name", "first") and others and others[0][0] != "last":
            found.append((at, f"{others[0][2]} {name}"))
        elif kind != "last" and before != "last":
            behind = [other[2] for other in others[:2] if other[0] == "last" and not name.endswith(other[2])]
            if behind or kind == "name":
                found.append((at, " ".join([name, *behind])))
        elif kind == "name" and index > 1:
            found.append((at, name))
    return sorted(found + _in_columns(text))


def _fields(text: str) -> Iterator[tuple[str, int]]:
    """Labels of names: their kind and where their value begins."""
    labels = _labels()
    for match in _SEPARATOR.finditer(text):
        if ord(match[0][0]) > 0x1F000:
            yield "name", match.end()
            continue
        line = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 60)
        before = _IN_BRACKETS.sub("", text[line : match.start()]).rstrip()
        spoken = fold(_BEFORE_LABEL.split(before)[-1])
        words = re.sub(r"[^\w '/&-]+|^\W+", " ", spoken).split()
        sure = match[0][0] in ":="
        for size in range(min(len(words), 5), 0, -1):
            if size < len(words) and (not sure or words[-size - 1] in _not_of_a_person()):
                break
            if kind := labels.get(" ".join(words[-size:])):
                yield kind, match.end()
                break


def _value(text: str, at: int) -> str | None:
    """The name that begins here, on this line or the next."""
    line, _, below = text[at : at + 170].partition("\n")
    line = line if line.strip(" \t*_:.=-") else below.partition("\n")[0]
    line = re.split(r"[;|\t\n]|[ ]{3,}|[ ][-–—/][ ]", line.lstrip(" \t*_:.=->\"'"))[0][:80]
    return last_name_first(line) or leading_name(line, whole=True)


def _in_columns(text: str) -> Names:
    """Names below the head of a column ("Nombre | Dirección | Zip")."""
    found: Names = []
    columns: dict[int, str] = {}
    position = 0
    if not _HEADS.search(text):
        return found
    for line in text.split("\n"):
        cells = _CELLS.split(line.strip(" |")) if len(line) < 300 else []
        if heads := _heads(cells):
            columns = heads
        elif not line.strip():
            columns = {}
        elif columns and len(cells) > max(columns) and not RULE_LINE.fullmatch(line):
            # The first name comes first, whatever the order of the columns.
            order = sorted(columns, key=lambda i: columns[i] == "last")
            names = [as_name(cells[i]) for i in order]
            if all(names):
                found.append((position, " ".join(map(str, names))))
        position += len(line) + 1
    return found


def _heads(cells: list[str]) -> dict[int, str]:
    """The columns of a table's head that hold names; none when no other cell is a label."""
    if len(cells) < 2:
        return {}
    spoken = [fold(cell.strip(" .:*_")) for cell in cells]
    heads = {i: kind for i, cell in enumerate(spoken) if (kind := _labels().get(cell))}
    others = any(cell in tables().labels for i, cell in enumerate(spoken) if i not in heads)
    return heads if heads and (others or len(heads) > 1) else {}
