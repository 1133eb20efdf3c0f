"""Access tokens for a mailbox: from a command, or from a provider that a person signed in to once (`auth`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError, UsageError
from allegro_privacy.sources import tokens
from allegro_privacy.sources.sasl import checked_token
from allegro_privacy.sources.secrets import PATIENCE, from_command, whose
from allegro_privacy.sources.tokens import Tokens, auth_command

# Imported on first use: the providers' libraries are an extra, and slow to load.
PROVIDERS = {
    "microsoft": "allegro_privacy.sources.oauth_microsoft",
    "google": "allegro_privacy.sources.oauth_google",
}


@dataclass(frozen=True, slots=True)
class Conversation:
    """How to talk to the person who signs in. browser: may one be opened on this machine?"""

    show: Callable[[str], None]
    ask: Callable[[str], str]
    browser: bool = True


class Provider(Protocol):
    """What the module of a provider can do. Both raise SignInError or UnreachableError, which show no secret."""

    def refresh(self, sign_in: SignIn, old: Tokens | None, now: datetime) -> Tokens:
        """New tokens for old ones; for none when the program signs in as itself."""

    def begin(self, sign_in: SignIn, talk: Conversation, now: datetime) -> Tokens:
        """Tokens for a person who signs in now."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Where the tokens of a mailbox now lie. by_itself: the program signs in as itself, no person had to."""

    file: Path
    expires: datetime
    by_itself: bool


def access_token(sign_in: SignIn, now: datetime, force: bool = False, patience: float = PATIENCE) -> str:
    """A token that lets its user in. force: the server refused the last one, ask for another even if it looks good.

    Raises SignInError when a person must do something, UnreachableError when trying again later is right. It may take
    two minutes when the provider is slow, or when other processes are renewing the token, too.
    """
    if sign_in.token_command:
        what = f"The token_command of {whose(sign_in)}"
        return checked_token(
            from_command(sign_in.token_command, what, patience), f"What {what[0].lower()}{what[1:]} printed"
        )
    path = _token_file(sign_in)
    found = tokens.read(path, sign_in)
    if found is None and not acts_as_itself(sign_in):
        raise SignInError(
            f"Nobody has signed in to {whose(sign_in)} yet.", f"There is no {path}.", auth_command(sign_in)
        )
    if found is not None and found.good(now) and not force:
        return checked_token(found.access_token)
    with tokens.alone(path, sign_in):
        # Another process may have renewed them while we waited, and used up the refresh token that we read.
        before, found = found, tokens.read(path, sign_in)
        renewed = found is not None and (found != before or found.just_obtained(now))
        if found is not None and found.good(now) and (renewed or not force):
            return checked_token(found.access_token)
        with tokens.replacing(path, sign_in) as keep:
            new = _provider(sign_in).refresh(sign_in, found, now)
            keep(new)
    return checked_token(new.access_token)


def begin_sign_in(sign_in: SignIn, talk: Conversation, now: datetime) -> SignedIn:
    """Let a person sign in to the provider, and keep what it gives in the token file.

    Microsoft: a code to type at its page, on any machine. Google: its page in this machine's browser, or (without one)
    an address to open anywhere and one to paste back. Raises UsageError when there is nothing to sign in to.
    """
    if not sign_in.provider:
        why = "It gets its tokens from token_command." if sign_in.token_command else "It uses a password."
        fix = (
            "Sign in where that command does."
            if sign_in.token_command
            else 'For tokens set sign_in = "xoauth2" and provider.'
        )
        raise UsageError(f"There is nothing to sign in to for {whose(sign_in)}.", why, fix)
    path, provider = _token_file(sign_in), _provider(sign_in)
    # Before a person takes the trouble: can anything be kept there?
    with tokens.alone(path, sign_in), tokens.replacing(path, sign_in):
        pass
    itself = acts_as_itself(sign_in)
    # A person may take minutes; nobody waits for the lock meanwhile.
    new = provider.refresh(sign_in, None, now) if itself else provider.begin(sign_in, talk, now)
    with tokens.alone(path, sign_in), tokens.replacing(path, sign_in) as keep:
        keep(new)
    return SignedIn(path, new.expires, itself)


def acts_as_itself(sign_in: SignIn) -> bool:
    """Does the program sign in with a secret of its own (Microsoft's app-only access)? Then nobody ever has to."""
    return sign_in.provider == "microsoft" and sign_in.client_secret_file is not None


def _token_file(sign_in: SignIn) -> Path:
    if sign_in.token_file is None or not sign_in.provider:
        why = "The configuration names neither provider nor token_command."
        raise SignInError(f"There is no token for {whose(sign_in)}.", why, "Add one of them to its [[mailbox]].")
    return sign_in.token_file


def _provider(sign_in: SignIn) -> Provider:
    try:
        provider: Provider = import_module(PROVIDERS[sign_in.provider])
    except ImportError as error:
        raise SignInError(
            f"Tokens from {sign_in.provider} need a library that is not installed.",
            f"{error.name or 'It'} is missing.",
            "pip install 'allegro-privacy[oauth]'",
        ) from None
    return provider
