"""The keys that links are sealed with, fetched from where the configuration says that they are kept."""

from allegro_privacy.config import LinkKey, Settings
from allegro_privacy.core.link_token import SHORTEST_KEY, LinkKeys, link_keys
from allegro_privacy.errors import ConfigError
from allegro_privacy.sources import secrets


def fetched(settings: Settings) -> LinkKeys | None:
    """The keys in force; None when the configuration names none. A key that cannot be had is an error: without it, the
    links of a whole campaign would lead nowhere."""
    found = {key.id: _secret(key) for key in settings.links.keys}
    return link_keys(found, settings.links.signing) if found else None


def needed(settings: Settings) -> LinkKeys:
    """The keys in force, where nothing can be done without them. Raises ConfigError."""
    keys = fetched(settings)
    if keys is None or not settings.links.url:
        raise ConfigError(
            "There are no links yet.",
            "The configuration does not say where they lead ([links] url) and what seals them ([link_key.ID]).",
            "Fill in [links] and [link_key.ID]; how is said in docs/operator.md, under Links in e-mails.",
        )
    return keys


def _secret(key: LinkKey) -> str:
    what = f"The link key {key.id}"
    if key.key_file is not None:
        found = secrets.from_file(key.key_file, what)
    elif key.key_command:
        found = secrets.from_command(key.key_command, what)
    else:
        found = secrets.from_credential(key.credential, what)
    if len(found) < SHORTEST_KEY:
        raise ConfigError(
            f"{what} is too short.",
            f"It has {len(found)} characters; whoever guesses it can take people off the list.",
            "Make one, for example with: openssl rand -base64 48",
        )
    return found
