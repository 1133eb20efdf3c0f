"""Who gets lists: a recipient of the configuration with its layout and its key, or a bare name."""

from pathlib import Path

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.listing import Recipient
from allegro_privacy.errors import ConfigError
from allegro_privacy.lists import layouts
from allegro_privacy.lists.layouts import Layout
from allegro_privacy.sources import secrets


def recipient_of(settings: Settings, name: str) -> Recipient:
    """The recipient of that name; whoever is not in the configuration gets the plain lists."""
    return settings.recipients.get(name) or Recipient(name)


def layout_of(settings: Settings, recipient: Recipient) -> Layout:
    """The configured layout, checked against what the recipient gives. Raises ConfigError."""
    known = tables.layouts(settings.overrides)
    if recipient.layout not in known:
        raise _unfit(recipient, "layout", f"there is no layout {recipient.layout}; known here: {', '.join(known)}")
    layout = layouts.load(recipient.layout, known[recipient.layout])
    if layout.hashed and not recipient.hash:
        raise _unfit(recipient, "hash", 'missing: the layout holds hashes; say which, for example hash = "sha256"')
    if recipient.hash and not layout.hashed:
        raise _unfit(recipient, "hash", f"the layout {layout.name} holds no hashes")
    for value in sorted(layout.values - recipient.values.keys()):
        raise _unfit(recipient, "values", f'missing: the layout wants {{ {value} = "…" }}')
    return layout


def hash_key(recipient: Recipient) -> bytes:
    """The key of the recipient's HMAC; b"" when there is none. Raises SignInError when it cannot be had."""
    what = f"The HMAC key of {recipient.name}"
    if recipient.hmac_key_file:
        return secrets.from_file(Path(recipient.hmac_key_file), what).encode()
    if recipient.hmac_key_command:
        return secrets.from_command(recipient.hmac_key_command, what).encode()
    return b""


def _unfit(recipient: Recipient, key: str, words: str) -> ConfigError:
    return ConfigError(
        what=f"No list can be written for {recipient.name}.",
        why=f"[recipient.{recipient.name}] {key}: {words}.",
        fix="Correct the configuration, then check it with: allegro-privacy doctor",
    )
