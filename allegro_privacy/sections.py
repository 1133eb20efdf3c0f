"""What may stand in a configuration: every section and key, how its value is read, and its default."""

from collections.abc import Callable
from datetime import timedelta

from allegro_privacy import accounts, links, mappings, recipients, schema
from allegro_privacy.core import retention
from allegro_privacy.core.listing import CODE
from allegro_privacy.core.mailbox_url import is_mailbox_url
from allegro_privacy.core.person import Level
from allegro_privacy.core.retention import Retention

FILE_SOURCES = ("maildir", "mbox", "eml")


def _source(value: object) -> str:
    text = schema.text(value)
    if is_mailbox_url(text):
        return accounts.source(text)
    scheme, _, rest = text.partition(":")
    if scheme not in FILE_SOURCES or not rest:
        wanted = ", ".join([*(f"{known}:PATH" for known in FILE_SOURCES), "imaps://USER@HOST"])
        # Whatever holds an @ may be an address with a password in it.
        shown = f'"{text}"' if "@" not in text else "this"
        raise schema.UnfitError(f"{shown} is not a source; write one of {wanted}")
    return text


def _pattern(value: object) -> str:
    """The addresses of decoys: a tag behind one of our own, or any name at a domain of ours."""
    text = schema.any_text(value).strip()
    local, at, _ = text.rpartition("@")
    if text and not (at and local.count(CODE) == 1 and text.count(CODE) == 1 and schema.email(text.replace(CODE, "x"))):
        raise schema.UnfitError(f'must be an e-mail address with {CODE} before its @, like "office+{CODE}@example.com"')
    return text


def _fits(read: Callable[[object], object]) -> Callable[[object], object]:
    """A reader of core, whose ValueError says in words what would fit."""

    def fitted(value: object) -> object:
        try:
            return read(value)
        except ValueError as problem:
            raise schema.UnfitError(str(problem)) from problem

    return fitted


_Key = schema.Key
SECTIONS: dict[str, dict[str, schema.Key]] = {
    "": {"schema": _Key(schema.whole_number)},
    "shop": {
        "name": _Key(schema.text),
        "legal_name": _Key(schema.text, ""),
        "addresses": _Key(schema.emails),
        "reply_from": _Key(schema.email, ""),
        "domains": _Key(schema.texts, ()),
        "staff": _Key(schema.emails, ()),
        "seeds": _Key(schema.emails, ()),
        "unsubscribe_addresses": _Key(schema.emails, ()),
        "postal": _Key(schema.texts, ()),
        "phones": _Key(schema.texts, ()),
        "footers": _Key(schema.texts, ()),
        "time_zone": _Key(schema.time_zone),
    },
    "policy": {
        "version": _Key(schema.text),
        "no_email": _Key(schema.texts),
        "no_post": _Key(schema.texts),
        "postal_level": _Key(schema.one_of(*Level), Level.INDIVIDUAL),
    },
    "mail": {"authserv_ids": _Key(schema.texts, ())},
    "mailbox[]": {
        "name": _Key(schema.text),
        "role": _Key(schema.one_of("customer-service", "privacy")),
        "source": _Key(_source),
        **accounts.KEYS,
    },
    "store": {"database": _Key(schema.text)},
    "export": {
        "directory": _Key(schema.text, "exports"),
        "max_shrink": _Key(schema.share, 0.05),
        "max_age": _Key(schema.age, timedelta(hours=26)),
        "sign_with": _Key(schema.any_text, ""),
        "allowed_signers": _Key(schema.any_text, ""),
    },
    "seeds": {"email": _Key(_pattern, ""), "postal": _Key(schema.texts, ())},
    "ping": {
        "start": _Key(schema.ping_url, ""),
        "success": _Key(schema.ping_url, ""),
        "failure": _Key(schema.ping_url, ""),
        "timeout": _Key(schema.seconds, timedelta(seconds=10)),
    },
    "retention": {
        "text": _Key(_fits(retention.span), Retention().text),
        "ignored": _Key(_fits(retention.span), Retention().ignored),
        "closed_cases": _Key(_fits(retention.span_for_cases), Retention().closed_cases),
        "lists": _Key(_fits(retention.span), Retention().lists),
        "manifests": _Key(_fits(retention.span), Retention().manifests),
    },
    "import.*": mappings.KEYS,
    "recipient.*": recipients.KEYS,
    "links": links.KEYS,
    "link_key.*": links.KEYS_OF_KEY,
    "serve": links.KEYS_OF_SERVE,
    "data": {"overrides": _Key(schema.any_text, "")},
}
