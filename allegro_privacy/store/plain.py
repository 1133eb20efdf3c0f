"""The nouns as plain JSON and back. What is empty or equals a field's default is left out: most of a message is."""

import json
import types
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from allegro_privacy.core.moments import utc_text

Noun = TypeVar("Noun")

# What stands for a field that has no default when it was left out.
_EMPTY: dict[Any, Any] = {tuple: (), str: ""}


def moment(text: str) -> datetime:
    """The moment that `utc_text` wrote."""
    return datetime.fromisoformat(text)


def optional_moment(text: str | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if text is None else datetime.fromisoformat(text)


def plain(value: Any) -> Any:
    """A noun (or any of its parts) as JSON values."""
    if value is None or type(value) in (str, int, bool, float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, frozenset):
        return sorted(plain(one) for one in value)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if is_dataclass(value):
        return parts_of(value)
    raise TypeError(f"{type(value).__name__} is not a noun")


def parts_of(noun: Any, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A noun's fields as JSON values, but for those named."""
    pairs = ((name, getattr(noun, name), default) for name, default in _defaults(cast(Hashable, type(noun))))
    return {name: plain(one) for name, one, default in pairs if one != default and name not in without}


def json_of(noun: Any) -> str:
    """A noun as the tables hold it."""
    return json.dumps(plain(noun), ensure_ascii=False)


@cache
def _defaults(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    hints = _hints(kind)

    def default(field: Any) -> Any:
        if field.default is not MISSING:
            return field.default
        if field.default_factory is not MISSING:
            return field.default_factory()
        return _EMPTY.get(get_origin(hints[field.name]) or hints[field.name], MISSING)

    return tuple((field.name, default(field)) for field in fields(cast(Any, kind)) if field.init)


def revive(kind: type[Noun], value: Mapping[str, Any]) -> Noun:
    """The noun that `plain` wrote. Fields that it does not know are passed over: a newer program wrote them."""
    hints = _hints(cast(Hashable, kind))
    parts = {name: one for name, one in _defaults(cast(Hashable, kind)) if one is not MISSING}
    parts.update((name, _revived(hints[name], one)) for name, one in value.items() if name in hints)
    return kind(**parts)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(cast(Any, kind))


def _revived(hint: Any, value: Any) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _revived(next(part for part in parts if part is not type(None)), value)
    if origin is tuple:
        if parts[-1] is Ellipsis:
            return tuple(_revived(parts[0], one) for one in value)
        return tuple(_revived(part, one) for part, one in zip(parts, value, strict=True))
    if origin is frozenset:
        return frozenset(_revived(parts[0], one) for one in value)
    if hint is datetime:
        return moment(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return revive(cast(type[Any], hint), value) if is_dataclass(hint) else value
