"""Signing in to a mailbox's provider, once, by a person."""

from collections.abc import Callable
from datetime import datetime

from allegro_privacy.config import MailboxSettings, Settings
from allegro_privacy.errors import UsageError
from allegro_privacy.sources import oauth
from allegro_privacy.sources.oauth import Conversation, SignedIn


def sign_in(
    settings: Settings,
    name: str,
    show: Callable[[str], None],
    ask: Callable[[str], str],
    browser: bool,
    now: datetime,
) -> SignedIn:
    """Let a person sign in for the mailbox of this name; what the provider gives is kept in its token file.

    show, ask: how to talk to them.  browser: may one be opened on this machine?
    """
    mailbox = _named(settings, name)
    if mailbox.account is None:
        raise UsageError(
            f"There is nothing to sign in to for the mailbox {name}.",
            "Its mail lies in files.",
            f"Read it with: allegro-privacy pull {mailbox.source}",
        )
    return oauth.begin_sign_in(mailbox.account.sign_in, Conversation(show, ask, browser), now)


def _named(settings: Settings, name: str) -> MailboxSettings:
    for mailbox in settings.mailboxes:
        if mailbox.name == name:
            return mailbox
    known = ", ".join(mailbox.name for mailbox in settings.mailboxes)
    raise UsageError(
        f'There is no mailbox "{name}".',
        f"The configuration names {known}." if known else "The configuration has no [[mailbox]].",
        "Give the name of a [[mailbox]] of the configuration.",
    )
