"""One row of an imported file: understood, compared with what is known, and made a Message and a Reading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.import_times import read_time
from allegro_privacy.core.message import Mailbox, Message, Via
from allegro_privacy.core.person import Channel, Key, Level, Person, PostalAddress
from allegro_privacy.core.platforms import STRENGTH, Means, Shape, value_folded
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Nature, Note, Reading, Request

MOST_SAID = 500
SUBJECTS = {
    Means.OPT_OUT: "opt-out",
    Means.COMPLAINT: "complaint",
    Means.BOUNCE: "came back",
    Means.SOFT_BOUNCE: "came back for a while",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is understood. number: its line in the file.  said: its words that are kept.  time: when it
    happened, as far as the file says; `date` the same as written.  sent: when the mailing went out."""

    number: int
    means: Means
    person: Person
    channels: tuple[Channel, ...]
    said: str = ""
    time: datetime | None = None
    date: str = ""
    sent: datetime | None = None
    lasting: Note | None = None
    """Why it is never taken back, when the row's reason says so (core/lifting.py)."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that cannot be used, and why; `raw` is the row as it stands."""

    number: int
    why: str
    raw: str = ""


class Change(StrEnum):
    """What a row changes. known: this very row was imported before.  already: its person stood so already."""

    NEW = "new"
    STRONGER = "strengthened"
    ALREADY = "already"
    KNOWN = "known"
    ASK = "review"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a row and its people. lifted: the last time that staff put them back.  hard: does mail to them
    come back for good (None: it does not come back).  decoy: it names nobody but a decoy of ours."""

    row: bool = False
    listed: bool = False
    complained: bool = False
    lifted: datetime | None = None
    hard: bool | None = None
    decoy: bool = False


Cells = Mapping[str, str]
Get = Callable[[str], str]


def understand(
    shape: Shape, get: Get, number: int, raw: str, zone: tzinfo, address: Callable[..., PostalAddress]
) -> Line | BadLine:
    """What one row says. `get` gives the cell of a column ("" when there is none); `address` builds a postal address
    from street, unit, city, state and ZIP code. A row that says nothing for certain is bad: it is never guessed."""
    column = {role: get(name).strip() for role, name in shape.columns.items()}
    means = _means(shape, get)
    if means is None:
        unknown = " / ".join(get(name).strip() for name in shape.reason)
        return BadLine(number, f"the reason “{unknown[:40]}” is not known", raw)
    channels = _channels(shape, get)
    if isinstance(channels, str):
        return BadLine(number, channels, raw)
    if means in (Means.OPT_OUT, Means.COMPLAINT) and not channels:
        means = Means.NOTHING
    email, phone = column.get("email", ""), column.get("phone", "")
    if Channel.EMAIL in channels and (problem := _email_problem(email)) and means is not Means.NOTHING:
        return BadLine(number, problem, raw)
    if Channel.PHONE in channels and not phone_key(phone) and means is not Means.NOTHING:
        return BadLine(number, "there is no phone number to stop", raw)
    postal = [column.get(part, "") for part in ("street", "unit", "city", "state", "zip")]
    if Channel.POST in channels and not any(postal) and means is not Means.NOTHING:
        return BadLine(number, "there is no postal address to stop", raw)
    person = Person(
        column.get("name") or None,
        email if email_key(email) else None,
        phone if phone_key(phone) else None,
        address(*postal) if any(postal) and Channel.POST in channels and means is not Means.NOTHING else None,
    )
    said = [f"{name}: {cell}" for name in (*shape.reason, *shape.words) if (cell := get(name).strip())]
    date = column.get("time", "")
    return Line(
        number, means, person, channels, "; ".join(said)[:MOST_SAID], read_time(date, zone, shape.time_format),
        date[:60], read_time(column.get("sent", ""), zone, shape.time_format), _lasting(shape, get),
    )  # fmt: skip


_LASTING = {"child": Note.A_CHILD, "deceased": Note.DECEASED, "legal": Note.LEGAL_ORDER}


def _lasting(shape: Shape, get: Get) -> Note | None:
    words = (value_folded(word) for name in shape.reason for word in _several(get(name)))
    return next((_LASTING[word] for word in words if word in _LASTING), None)


def _means(shape: Shape, get: Get) -> Means | None:
    """The strongest of what the row's reasons mean; None when one of them is not known."""
    if shape.means is not None:
        return shape.means
    found = [_meaning(shape, word) for name in shape.reason for word in _several(get(name))]
    return None if None in found else max((each for each in found if each), key=STRENGTH.__getitem__)


def _several(cell: str) -> list[str]:
    """A cell may hold several reasons, as a list is written: [A, B]."""
    words = [word.strip(" '\"") for word in cell.strip().strip("[]").split(",")]
    return words if len(words) > 1 else [cell.strip().strip("[]").strip(" '\"")]


def _meaning(shape: Shape, word: str) -> Means | None:
    word = value_folded(word)
    found = shape.reasons.get(word)
    if found is None:
        begun = (means for value, means in shape.reasons.items() if value[-1:] == "*" and word.startswith(value[:-1]))
        found = next(begun, None)
    return found


def _channels(shape: Shape, get: Get) -> tuple[Channel, ...] | str:
    """What is to stop; words when a cell says neither yes nor no."""
    if not shape.stops:
        return shape.channels
    stopped = []
    for channel, name in shape.stops:
        said = value_folded(get(name))
        if said in shape.stop:
            stopped.append(channel)
        elif said not in shape.keep:
            return f"“{said[:40]}” in the column {name} says neither that it is to stop nor that it is not"
    return tuple(stopped)


def _email_problem(email: str) -> str:
    if email_key(email):
        return ""
    if not email:
        return "there is no e-mail address in it"
    if email.startswith(("@", "*@")):
        return "it names a whole domain, which only a person may decide"
    return "what stands for the e-mail address is none"


def change_of(line: Line, known: Known) -> Change:
    """What a row changes. Nothing is ever weakened or lifted; who was put back since is a person's decision."""
    if line.means is Means.NOTHING or known.decoy:
        return Change.IGNORED
    if known.row:
        return Change.KNOWN
    if line.means in (Means.BOUNCE, Means.SOFT_BOUNCE):
        if known.hard is None:
            return Change.NEW
        return Change.STRONGER if line.means is Means.BOUNCE and not known.hard else Change.ALREADY
    if known.listed:
        complains = line.means is Means.COMPLAINT and not known.complained
        return Change.STRONGER if complains else Change.ALREADY
    if known.lifted is not None and (line.time is None or line.time <= known.lifted):
        return Change.ASK
    return Change.NEW


def identity_of(line: Line, shape: Shape, keys: Sequence[Key]) -> str:
    """What makes two rows one: the platform, the people, what is meant, and when. Neither the file nor the line counts,
    so that the rows that two exports share are imported once."""
    when = line.time.isoformat() if line.time else line.date
    address = line.person.address
    people = sorted(f"{key.channel}:{key.value}" for key in keys)
    people += [f"{line.person.name}:{address.as_given}".casefold()] if address and not keys else []
    return "\n".join([shape.platform, line.means, when, *people])


def message_of(line: Line, shape: Shape, message_id: str, now: datetime) -> Message:
    """The message that is recorded. It was received when the file says that it happened, and never later than now."""
    person = line.person
    return Message(
        id=message_id,
        received=min(line.time, now) if line.time else now,
        received_by="import",
        via=Via.FEEDBACK if line.means is not Means.OPT_OUT else shape.via,
        date=line.date,
        sender=(Mailbox(person.name or "", person.email),) if person.email else (),
        subject=f"{SUBJECTS[line.means]}, {shape.shown}",
        text=line.said,
    )


def reading_of(line: Line, shape: Shape, change: Change, scanner: bool, level: Level, version: str) -> Reading:
    """What a row says as a Reading. scanner: it lies in a burst of clicks.  version: of the platform tables."""
    notes = (*((Note.LINK_SCANNER,) if scanner else ()), *((line.lasting,) if line.lasting else ()))
    if line.means in (Means.BOUNCE, Means.SOFT_BOUNCE):
        hard = line.means is Means.BOUNCE
        notes = (Note.HARD_BOUNCE if hard else Note.SOFT_BOUNCE,)
        failed = (line.person.email,) if line.person.email else ()
        return Reading(Nature.BOUNCE, "", (), (), notes, "mail comes back", version, own=line.said, failed=failed)
    requests = tuple(_request(line, shape, channel, change, level) for channel in line.channels)
    nature = Nature.FEEDBACK_REPORT if line.means is Means.COMPLAINT else Nature.PERSONAL
    return Reading(nature, "", requests, (), notes, "", version, own=line.said)


def _request(line: Line, shape: Shape, channel: Channel, change: Change, level: Level) -> Request:
    doubts = []
    if change is Change.ASK:
        doubts.append(Doubtful(Doubt.CONFLICT, "staff put them back since; the file's row is older or has no time"))
    quote = line.said or SUBJECTS[line.means]
    evidence = (Evidence(f"platforms.{shape.platform}", "file", quote),)
    reach = level if channel is Channel.POST else None
    return Request("opt-out", line.person, channel, reach, evidence, tuple(doubts))
