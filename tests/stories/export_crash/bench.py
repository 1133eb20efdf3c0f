"""Offices with people who asked, and a first list that left: each a copy of one pattern."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from office import Desk

DATABASE = "allegro-privacy.sqlite3"
ARGUMENTS = ("export", "--as", "cron")
PEOPLE = ("rosa", "harold", "ana")


@dataclass
class Bench:
    """Where offices come from. Used by several threads."""

    top: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def prepare(self) -> None:
        """The office that all others are copies of: two lists have left already, and the next run writes two."""
        desk = Desk(self.top / "pattern")
        desk.folder.mkdir()
        for name in PEOPLE:
            sender = f"{name.title()} Example <{name}@example.com>"
            address = f"{name.title()} Example\n1450 Brickell Ave\nMiami, FL 33131"
            desk.mail(f"{name}.eml", "NO E-MAIL", "", sender)
            desk.mail(f"{name}-post.eml", "NO SNAIL MAIL", address, sender)
        for arguments in (("init", "-q"), ("pull", "eml:mail", "-q"), ("export", "-q")):
            assert desk.run(*arguments).code == 0
        shutil.rmtree(desk.folder / "mail")

    def office(self) -> Path:
        """One that nobody has used."""
        folder = self.top / f"office-{next(self._numbers)}"
        shutil.copytree(self.top / "pattern", folder)
        return folder


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="export-crash-") as folder:
        made = Bench(Path(folder))
        made.prepare()
        yield made
