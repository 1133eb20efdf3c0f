"""One export: the list in its layout, who comes off, what was held, and the manifest; whole or not there, and nothing
overwritten.

The order that survives a kill at any moment:

1. `prepare` writes and syncs everything under hidden names. Killed here: only hidden files are left, which `recover`
   sweeps.
2. The caller records the export, with the file's name and SHA-256, and commits. The list now counts as left.
3. `publish` gives the final names, the list last: whoever sees a list finds its manifest. Killed between 2 and 3:
   the next run's `recover` finds the hidden list whose SHA-256 is recorded, and publishes it.

So a final name is complete or absent, and its SHA-256 is in the database first. Steps 1 and 2 belong into one writing
transaction, in which nobody else can prepare the same number; when a guard refuses after step 1, `discard` undoes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from allegro_privacy.core.listing import Decoy, Listed
from allegro_privacy.lists import files, signing
from allegro_privacy.lists.manifest import MANIFEST, FileOf, Manifest, of_plan, to_json
from allegro_privacy.lists.plan import Plan
from allegro_privacy.lists.rows import Written, write_added, write_removed
from allegro_privacy.lists.sealing import Seal

LEFT_BEHIND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A list that is written and synced but not published. parts: (hidden name, final name), in publishing order.
    held: the numbers of the suppressions that it does not carry."""

    directory: Path
    parts: tuple[tuple[str, str], ...]
    manifest: Manifest
    held: tuple[int, ...] = ()

    def people(self, decoys: Iterable[Decoy]) -> int:
        """How many rows are people's, and not decoys'."""
        return self.manifest.rows - len({decoy.number for decoy in decoys} - set(self.held))


@dataclass(frozen=True, slots=True)
class Recovery:
    """What an earlier run left behind: lists that were recorded and are now published, and hidden files swept away."""

    published: tuple[str, ...] = ()
    swept: tuple[str, ...] = ()


def stem_of(file: str) -> str:
    """What the names of all files of an export begin with, from the name of its list."""
    return file.rpartition(".")[0]


def belongs_to(name: str, file: str) -> bool:
    """Is this one of the files of the export whose list is `file`?"""
    return name.startswith((f"{stem_of(file)}.", f"{stem_of(file)}-part"))


@dataclass(frozen=True, slots=True)
class _Names:
    """The final and hidden names of the files of one export."""

    stem: str
    ending: str
    token: str

    @property
    def listed(self) -> str:
        return f"{self.stem}.{self.ending}"

    @property
    def removals(self) -> str:
        return f"{self.stem}.removals.{self.ending}"

    @property
    def held(self) -> str:
        return f"{self.stem}.held.csv"

    @property
    def manifest(self) -> str:
        return f"{self.stem}{MANIFEST}"

    def part(self, number: int) -> str:
        """The list's first, second … file."""
        return self.listed if number == 1 else f"{self.stem}-part{number}.{self.ending}"

    def hidden(self, final: str) -> str:
        return files.part_name(final, self.token)


def prepare(entries: Iterable[Listed], plan: Plan, directory: Path, removals: Iterable[Listed] = ()) -> Prepared:
    """Write the list, who comes off it, what was held out of it, and the manifest, all under hidden names. Memory does
    not grow with the list. Refuses a directory that others may write to, and names that are taken."""
    names = _Names(plan.stem, plan.layout.ending, files.new_token())
    with files.opened_directory(directory) as opened:
        files.refuse_taken_by(opened, lambda name: belongs_to(name, names.listed))
        with files.all_or_none(opened, lambda: files.parts_of(opened, names.token)):
            listed = write_added(
                opened, lambda number: names.hidden(names.part(number)), names.hidden(names.held), entries, plan
            )
            removed = write_removed(opened, names.hidden(names.removals), removals, plan)
            files.refuse_without_links(opened, names.hidden(names.listed))
            for unneeded in _unneeded(names, listed, removed):
                files.remove(opened, names.hidden(unneeded))
            written = _files_of(opened, names, listed, removed)
            if plan.seal:
                written = tuple(_sealed(opened, names, one, plan.seal) for one in written)
            proof = of_plan(plan, listed, removed, written)
            _write_manifest(opened, names, to_json(proof).encode(), plan.sign_with)
            finals = sorted(files.finals_of(opened, names.token), key=lambda final: (final == names.listed, final))
    pairs = tuple((names.hidden(final), final) for final in finals)
    return Prepared(directory, pairs, proof, tuple(listed.held_rows))


def _unneeded(names: _Names, listed: Written, removed: Written) -> Iterable[str]:
    if not listed.held:
        yield names.held
    if not removed.rows:
        yield names.removals


def _files_of(opened: int, names: _Names, listed: Written, removed: Written) -> tuple[FileOf, ...]:
    """The files for the recipient, with their hashes, in the order in which they are used."""
    rows = [(names.part(number), count) for number, (_, count) in enumerate(listed.parts, start=1)]
    if removed.rows:
        rows.append((names.removals, removed.rows))
    return tuple(FileOf(final, count, files.hash_of(opened, names.hidden(final)) or "") for final, count in rows)


def _sealed(opened: int, names: _Names, one: FileOf, seal: Seal) -> FileOf:
    """The same file, encrypted beside it: that is what leaves, and only its recipient can read it."""
    final = f"{one.file}{seal.ending}"
    with (
        files.old_file(opened, names.hidden(one.file)) as plain,
        files.new_file(opened, names.hidden(final)) as sealed,
    ):
        seal.write(plain, sealed)
    return replace(one, sealed=final, sealed_sha256=files.hash_of(opened, names.hidden(final)) or "")


def _write_manifest(opened: int, names: _Names, content: bytes, sign_with: Path | None) -> None:
    signature = signing.sign(content, sign_with) if sign_with else b""
    with files.new_file(opened, names.hidden(names.manifest)) as file:
        file.write(content)
    if signature:
        with files.new_file(opened, names.hidden(f"{names.manifest}{signing.ENDING}")) as file:
            file.write(signature)


def publish(prepared: Prepared) -> tuple[Path, ...]:
    """Give the files their final names, the list last; call it only when the export is recorded and committed."""
    with files.opened_directory(prepared.directory) as opened:
        for part, final in prepared.parts:
            files.publish(opened, part, final)
    return tuple(prepared.directory / final for _, final in prepared.parts)


def discard(prepared: Prepared) -> None:
    """Take back what was prepared and is not to leave."""
    with files.opened_directory(prepared.directory) as opened:
        for part, _ in prepared.parts:
            files.remove(opened, part)


def recover(directory: Path, recorded: Iterable[tuple[str, str]], now: datetime) -> Recovery:
    """Finish what a killed run left: `recorded` are the (file, SHA-256) of the exports in the database. Hidden files
    that nobody recorded are swept when they are a day old; younger ones may be another run at work."""
    known = set(recorded)
    published: list[str] = []
    swept: list[str] = []
    if not directory.is_dir():
        return Recovery()
    with files.opened_directory(directory) as opened:
        for token, finals in files.parts_by_token(opened).items():
            listed = _recorded_among(opened, token, finals, known)
            if listed:
                for final in sorted(finals, key=lambda final: (final == listed, final)):
                    files.publish(opened, files.part_name(final, token), final)
                    published.append(final)
            elif all(files.older_than(opened, files.part_name(final, token), now - LEFT_BEHIND) for final in finals):
                for final in finals:
                    files.remove(opened, files.part_name(final, token))
                swept += finals
    return Recovery(tuple(published), tuple(swept))


def _recorded_among(opened: int, token: str, finals: Iterable[str], known: set[tuple[str, str]]) -> str:
    named = {file for file, _ in known}
    hashed = ((final, files.hash_of(opened, files.part_name(final, token))) for final in finals if final in named)
    return next((final for final, sha256 in hashed if (final, sha256 or "") in known), "")
