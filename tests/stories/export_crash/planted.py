"""Two faults of design. Each must be noticed, or a sweep that finds nothing proves nothing."""

import os
from collections.abc import Callable

from allegro_privacy.lists import files


def written_under_its_final_name() -> None:
    """No hidden name: the list grows where everybody looks for it."""

    def final_name(final: str, _: str) -> str:
        return final

    def nothing_to_publish(*_: object) -> list[str]:
        return []

    files.part_name, files.finals_of = final_name, nothing_to_publish


def never_synced() -> None:
    """The files are left to the operating system; SQLite still syncs its own."""

    def nothing(_: object) -> None:
        return

    os.fsync = nothing


FAULTS: dict[str, Callable[[], None]] = {
    each.__name__.replace("_", "-"): each for each in (written_under_its_final_name, never_synced)
}
