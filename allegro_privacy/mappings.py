"""`[import.NAME]`: which column of the website's own file means what."""

from collections.abc import Iterator, Mapping
from typing import Any

from allegro_privacy.core.message import Via
from allegro_privacy.core.person import Channel
from allegro_privacy.core.platforms import COLUMNS, CSV, Means, Shape, value_folded
from allegro_privacy.schema import Key, UnfitError, any_text, one_of, text, texts, time_zone

STOPS = {Channel.EMAIL: "stop_email", Channel.POST: "stop_post", Channel.PHONE: "stop_phone"}
STOP = ("no", "n", "0", "false", "off", "unsubscribed")
KEEP = ("yes", "y", "1", "true", "on", "subscribed", "")


def _channels(value: object) -> tuple[Channel, ...]:
    known = ", ".join(Channel)
    try:
        found = tuple(dict.fromkeys(Channel(each) for each in texts(value)))
    except ValueError as error:
        raise UnfitError(f"must be some of {known}") from error
    if not found:
        raise UnfitError(f"must be some of {known}")
    return found


def _values(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise UnfitError('must be a list of texts, like ["no"]')
    return tuple(any_text(each) for each in value)


def _zone(value: object) -> str:
    return time_zone(value) if value else ""


KEYS: dict[str, Key] = {
    **{role: Key(text, "") for role in COLUMNS},
    **{key: Key(text, "") for key in STOPS.values()},
    "stop": Key(_values, STOP),
    "keep": Key(_values, KEEP),
    "channels": Key(_channels, (Channel.EMAIL,)),
    "via": Key(one_of(Via.FORM, Via.LINK), Via.FORM),
    "zone": Key(_zone, ""),
    "time_format": Key(text, ""),
    "words": Key(texts, ()),
}


def problems(name: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What does not fit together in one mapping: the key, and the words."""
    needed = {Channel.EMAIL: "email", Channel.POST: "street", Channel.PHONE: "phone"}
    stops = {channel for channel, key in STOPS.items() if row.get(key)} or set(row.get("channels", ()))
    for channel in sorted(stops):
        if not row.get(needed[channel]):
            yield needed[channel], f"missing: without that column nothing can be stopped by {channel}"
    both = {value_folded(each) for each in row.get("stop", ())} & {value_folded(each) for each in row.get("keep", ())}
    if both:
        yield "stop", f"“{min(both)}” stands in stop and in keep"


def shape(name: str, row: Mapping[str, Any]) -> Shape:
    """The mapping as a shape, beside those of the mail platforms."""
    columns = {role: row[role] for role in COLUMNS if row[role]}
    stops = tuple((channel, row[key]) for channel, key in STOPS.items() if row[key])
    header = dict.fromkeys([*columns.values(), *(column for _, column in stops)])
    return Shape(
        platform=name,
        title=name,
        holds="the office's own mapping",
        kind=CSV,
        header=tuple(header),
        also=(),
        open=True,
        asked=False,
        columns=columns,
        words=row["words"],
        means=Means.OPT_OUT,
        reason=(),
        reasons={},
        via=Via(row["via"]),
        zone=row["zone"],
        time_format=row["time_format"],
        channels=row["channels"],
        stops=stops,
        stop=frozenset(map(value_folded, row["stop"])),
        keep=frozenset(map(value_folded, row["keep"])),
        own=True,
    )
