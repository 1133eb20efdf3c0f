"""The rows that an import could not use, for a person to mend: line, reason, and the row as it stands."""

import csv
from pathlib import Path
from types import TracebackType
from typing import TextIO

from allegro_privacy.errors import UsageError
from allegro_privacy.lists.cells import neutralised


class BadRowsFile:
    """A CSV for a spreadsheet; it appears with the first bad row, and replaces nothing. Use it in `with`."""

    def __init__(self, path: Path | None) -> None:
        if path is not None and path.exists():
            raise UsageError(f"{path} is there already.", "Nothing is overwritten.", "Give another name with --bad.")
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> "BadRowsFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: int, why: str, raw: str) -> None:
        """One more bad row."""
        if self._path is None:
            return
        if self._file is None:
            self._file = self._path.open("x", encoding="utf-8-sig", errors="backslashreplace", newline="")
            _write(self._file, "line", "why", "row")
        _write(self._file, str(line), why, raw.rstrip("\r\n"))


def _write(file: TextIO, *cells: str) -> None:
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([neutralised(cell) for cell in cells])
