"""What is said of a scrub: its manifest, its names, and what a person should know."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from allegro_privacy.config import Settings
from allegro_privacy.core.columns import Columns
from allegro_privacy.core.person import Channel
from allegro_privacy.core.scrub_plan import ALGORITHMS
from allegro_privacy.errors import UsageError
from allegro_privacy.lists.scrub import Delimited, Fate
from allegro_privacy.lists.scrub_list import MailingList
from allegro_privacy.lists.scrub_manifest import ScrubManifest
from allegro_privacy.lists.scrub_manifest import document as manifest_document
from allegro_privacy.lists.scrub_tables import TableList

__all__ = ["algorithms", "columns_named", "manifest", "manifest_document", "naming", "no_columns", "notes"]
from allegro_privacy.lists.scrub_write import Sum

if TYPE_CHECKING:
    from allegro_privacy.workflow.scrubbing import Ready

_FATES = {Fate.KEEP: "kept", Fate.DROP: "dropped", Fate.LOOK: "look", Fate.HELD: "held"}
_PACKINGS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}


def algorithms(mailing: MailingList | TableList) -> tuple[str, ...]:
    """The hashes that a list may hold: any, when it has a column of them."""
    return tuple(ALGORITHMS.values()) if mailing.form.columns.hashes else ()


def naming(ready: "Ready", settings: Settings) -> tuple[str, str, str]:
    """What the files of a scrub are named after: the name, the day at the shop, the ending."""
    given = Path(ready.mailing.source.name)
    endings = [each.lower() for each in given.suffixes if each[1:].isalnum()]
    packing = {"gzip": ".gz", "zstd": ".zst"}.get(ready.mailing.source.packing, "")
    own = next((each for each in reversed(endings) if each not in _PACKINGS), "")
    if not own or len(own) > 6:
        own = ".csv" if isinstance(ready.mailing.form, Delimited) else ".txt"
    stem = given.name[: -len("".join(given.suffixes))] if given.suffixes else given.name
    day = ready.errand.now.astimezone(ZoneInfo(settings.shop.time_zone)).date().isoformat()
    return ready.errand.name or stem, day, own + packing


def no_columns(name: str, header: Sequence[str], wanted: Sequence[Channel]) -> UsageError:
    """Nothing on the list can be compared with anybody."""
    there = f"Its columns are: {', '.join(header)}." if header else "Its columns have no names."
    asked = f" for {', '.join(wanted)}" if wanted else ""
    return UsageError(
        f"{name} has no column{asked} that people can be known by.",
        there,
        "Name them, by name or number: --column email=COLUMN, or --column line1=COLUMN --column zip=COLUMN …",
    )


def notes(ready: "Ready") -> list[str]:
    """What a person should know of the comparison."""
    columns, loaded = ready.columns, ready.loaded
    told = []
    if columns.hashes:
        told.append(
            "How the hashed addresses were written before they were hashed is not known; trimmed and in lower case is "
            "assumed. Ask whoever made the list: anything else matches nobody."
        )
        if loaded.plan.emails.tombstones:
            number = len(loaded.plan.emails.tombstones)
            told.append(f"{number:,} erased people are known by a keyed hash only: no hashed column can match them.")
    if loaded.unreadable:
        shown = ", ".join(loaded.unreadable[:5]) + (" …" if len(loaded.unreadable) > 5 else "")
        told.append(f"The address of {len(loaded.unreadable):,} suppressions cannot be compared with any row: {shown}")
    if Channel.POST in ready.channels and not columns.names and not columns.labels:
        told.append("The list has no column of names: only addresses stopped for everybody there are sure to match.")
    return told


def columns_named(columns: Columns, header: Sequence[str]) -> list[dict[str, Any]]:
    """Which column was taken for what."""
    keys = columns.keys
    return [
        {
            "column": place.column + 1,
            "name": header[place.column] if place.column < len(header) else "",
            "role": place.role.value,
            **({"address": place.group} if place.group else {}),
        }
        for place in columns.places
        if place.column in keys
    ]


def manifest(ready: "Ready", found: Sum, outputs: Mapping[str, Mapping[str, Any]]) -> ScrubManifest:
    """The proof of one scrub."""
    mailing, errand, form = ready.mailing, ready.errand, ready.mailing.form
    rows = {name: found.fates[fate] for fate, name in _FATES.items()}
    sizes = {name: found.bytes[fate] for fate, name in _FATES.items()}
    described = {"kind": mailing.kind}
    if isinstance(mailing, MailingList):
        described["encoding"] = form.encoding
        described |= {"delimiter": form.delimiter} if isinstance(form, Delimited) else {"record": str(form.length)}
    return ScrubManifest(
        name=errand.name,
        input={
            "file": mailing.source.name,
            "sha256": mailing.source.sha256,
            "bytes": mailing.source.size,
            "packing": mailing.source.packing or None,
        },
        form={**described, "columns": columns_named(ready.columns, mailing.header)},
        channels=[channel.value for channel in ready.channels],
        outputs=outputs,
        counts={"all": found.records, **rows},
        bytes={"before": len(mailing.head.raw), **sizes, "behind": mailing.tail},
        rules=dict(found.rules.most_common()),
        held=found.first_held,
        compared={channel.value: number for channel, number in ready.loaded.standing.items()},
        unreadable=ready.loaded.unreadable[:100],
        ledger_number=ready.head.number,
        ledger_hash=ready.head.hash,
        as_of=errand.now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        day=errand.day,
        engine=errand.engine,
        looks="kept too" if errand.keep_looks else "taken out",
        flagged=errand.flag,
        overrides=errand.overrides,
        notes=notes(ready),
    )
