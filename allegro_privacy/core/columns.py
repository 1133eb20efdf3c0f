"""Which column of a mailing list holds what: by the names in its header, or as somebody named them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import chain

from allegro_privacy.core.person import Channel
from allegro_privacy.core.postal_tables import fold, read_table


class Role(StrEnum):
    """What a column may hold, as far as matching cares."""

    EMAIL = "email"
    HASH = "hash"
    PHONE = "phone"
    NAME = "name"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"
    LAST2 = "last2"
    GENERATION = "generation"
    COMPANY = "company"
    LINE1 = "line1"
    LINE2 = "line2"
    NUMBER = "number"
    PREDIRECTION = "predirection"
    STREETNAME = "streetname"
    STREETSUFFIX = "streetsuffix"
    POSTDIRECTION = "postdirection"
    UNITTYPE = "unittype"
    UNITNUMBER = "unitnumber"
    CITY = "city"
    STATE = "state"
    ZIP = "zip"
    ZIP4 = "zip4"
    LASTLINE = "lastline"
    URBANIZATION = "urbanization"
    LABEL = "label"
    """A line of an address label, which may hold the name, the street or the town."""


_PARTS_OF_NAME = (Role.FIRST, Role.MIDDLE, Role.LAST, Role.LAST2, Role.GENERATION)
_PARTS_OF_STREET = (Role.NUMBER, Role.PREDIRECTION, Role.STREETNAME, Role.STREETSUFFIX, Role.POSTDIRECTION)


@dataclass(frozen=True, slots=True)
class Place:
    """What one column was taken for. group: "" or the address that it belongs to ("billing", "input")."""

    column: int
    role: Role
    group: str = ""


@dataclass(frozen=True, slots=True)
class AddressColumns:
    """The columns of one address, by number; what stands in several is joined with blanks."""

    line1: tuple[int, ...]
    line2: tuple[int, ...] = ()
    city: tuple[int, ...] = ()
    state: tuple[int, ...] = ()
    zip: tuple[int, ...] = ()
    lastline: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a scrub reads, by number from 0. names: ways to join a name, the first that is not empty counts.
    labels: the lines of a label, in which name, street and town float."""

    emails: tuple[int, ...] = ()
    hashes: tuple[int, ...] = ()
    phones: tuple[int, ...] = ()
    names: tuple[tuple[int, ...], ...] = ()
    addresses: tuple[AddressColumns, ...] = ()
    labels: tuple[int, ...] = ()
    places: tuple[Place, ...] = field(default=(), compare=False)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What these columns can be matched by."""
        found = (
            (Channel.EMAIL, self.emails or self.hashes),
            (Channel.POST, self.addresses or self.labels),
            (Channel.PHONE, self.phones),
        )
        return tuple(channel for channel, columns in found if columns)

    @property
    def keys(self) -> frozenset[int]:
        """Every column without which a row cannot be matched."""
        ours = (
            *(self.emails, self.hashes, self.phones, self.labels, *self.names),
            *(columns for one in self.addresses for columns in (one.line1, one.line2, one.city, one.state, one.zip,
                                                                one.lastline)),
        )  # fmt: skip
        return frozenset(chain.from_iterable(ours))

    @property
    def one_liners(self) -> frozenset[int]:
        """Columns whose cells never hold a line end: where one does, a quotation mark swallowed other rows."""
        ours = (one for each in self.addresses for one in (*each.city, *each.state, *each.zip))
        return frozenset((*self.emails, *self.hashes, *self.phones, *ours))

    def only(self, channels: Iterable[Channel]) -> "Columns":
        """Without what belongs to other channels."""
        wanted = set(channels)
        post = Channel.POST in wanted
        return replace(
            self,
            emails=self.emails if Channel.EMAIL in wanted else (),
            hashes=self.hashes if Channel.EMAIL in wanted else (),
            phones=self.phones if Channel.PHONE in wanted else (),
            names=self.names if post else (),
            addresses=self.addresses if post else (),
            labels=self.labels if post else (),
        )


@dataclass(frozen=True, slots=True)
class _Names:
    roles: Mapping[str, Role]
    prefixes: tuple[str, ...]


@cache
def _names() -> _Names:
    table = read_table("columns.toml")
    roles = {_folded(name): Role(role) for role, names in table["roles"].items() for name in names}
    return _Names(roles, tuple(sorted(table["prefixes"], key=len, reverse=True)))


def _folded(name: str) -> str:
    kept = re.sub(r"[^a-z0-9]", "", fold(name))
    return kept + "_" if name.strip().endswith("_") else kept


def by_header(header: Sequence[str]) -> tuple[Place, ...]:
    """What the names of a header say; columns that nobody knows are left out."""
    places = [place for number, name in enumerate(header) if (place := _by_name(number, name))]
    streets = {place.group for place in places if place.role is Role.STREETNAME}
    kinds = {place.group for place in places if place.role is Role.STREETSUFFIX}
    return tuple(
        # Beside the parts of a street "suffix" is its kind, not a Jr.
        replace(place, role=Role.STREETSUFFIX)
        if place.role is Role.GENERATION and place.group in streets and place.group not in kinds
        else place
        for place in places
    )


def _by_name(number: int, name: str) -> Place | None:
    names = _names()
    folded = _folded(name)
    for known in (folded, folded.rstrip("_"), folded.rstrip("_0123456789")):
        if role := names.roles.get(known):
            numbered = known != folded.rstrip("_") and known != folded
            if not numbered or role in (Role.EMAIL, Role.PHONE, Role.HASH):
                return Place(number, role)
    for prefix in names.prefixes:
        rest = folded.removeprefix(prefix)
        if rest != folded and (role := names.roles.get(rest) or names.roles.get(rest.rstrip("_"))):
            return Place(number, role, prefix)
    return None


def columns_of(places: Iterable[Place]) -> Columns:
    """The columns in the form in which rows are read."""
    found = tuple(places)
    groups: dict[str, _Group] = {}
    for place in sorted(found, key=lambda one: one.group != ""):
        group = groups.setdefault(place.group, {})
        group[place.role] = (*group.get(place.role, ()), place.column)

    def everywhere(role: Role) -> tuple[int, ...]:
        return tuple(place.column for place in found if place.role is role)

    addresses, labels = [], everywhere(Role.LABEL)
    for name, group in groups.items():
        one = _address(group)
        if one and (one.zip or one.city or one.lastline):
            addresses.append(one)
        elif one and one.line2 and not labels and not name:
            labels = tuple(sorted((*one.line1, *one.line2)))
    return Columns(
        emails=everywhere(Role.EMAIL),
        hashes=everywhere(Role.HASH),
        phones=everywhere(Role.PHONE),
        names=tuple(columns for group in groups.values() for columns in _names_in(group)),
        addresses=tuple(addresses),
        labels=labels,
        places=found,
    )


_Group = dict[Role, tuple[int, ...]]


def _names_in(group: _Group) -> Iterator[tuple[int, ...]]:
    parts = tuple(column for role in _PARTS_OF_NAME for column in group.get(role, ()))
    whole = [(column,) for column in group.get(Role.NAME, ())]
    if Role.FIRST in group and Role.LAST in group:
        yield parts
        yield from whole
    else:
        yield from whole
        if parts:
            yield parts
    yield from ((column,) for column in group.get(Role.COMPANY, ()))


def _address(group: _Group) -> AddressColumns | None:
    lines = group.get(Role.LINE1, ())
    line1 = lines[:1] or tuple(column for role in _PARTS_OF_STREET for column in group.get(role, ()))
    if not line1:
        return None
    units = group.get(Role.LINE2) or (*group.get(Role.UNITTYPE, ()), *group.get(Role.UNITNUMBER, ()))
    return AddressColumns(
        line1=line1,
        line2=(*lines[1:], *units, *group.get(Role.URBANIZATION, ())),
        city=group.get(Role.CITY, ())[:1],
        state=group.get(Role.STATE, ())[:1],
        zip=group.get(Role.ZIP, ())[:1],
        lastline=() if Role.ZIP in group else group.get(Role.LASTLINE, ())[:1],
    )
