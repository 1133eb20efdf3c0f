"""Tokens from Google, by its libraries: a person signs in with a browser, here or on any other machine."""

import functools
import json
import logging
import re
import webbrowser
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
from oauthlib.oauth2 import OAuth2Error

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError, UnreachableError
from allegro_privacy.sources.oauth_told import closed, out_of_order, unreachable
from allegro_privacy.sources.secrets import first_line, private_bytes, whose
from allegro_privacy.sources.tokens import Tokens, auth_command

if TYPE_CHECKING:
    from allegro_privacy.sources.oauth import Conversation

AUTHORIZE_AT = "https://accounts.google.com/o/oauth2/auth"
TOKENS_AT = "https://oauth2.googleapis.com/token"
SCOPES = ["https://mail.google.com/"]
PATIENCE = 20.0
"""Seconds for one answer of the provider."""
TIME_TO_SIGN_IN = 900
"""Seconds that a person may take at Google's page."""
NOWHERE = "http://127.0.0.1:49501/"
"""Where Google sends a browser whose address is to be pasted: a port where nobody is expected to listen."""

# They tell of requests, answers and tokens when somebody looks for a fault with -v.
for _name in ("google", "google_auth_oauthlib", "requests_oauthlib", "oauthlib", "urllib3"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def refresh(sign_in: SignIn, old: Tokens | None, now: datetime) -> Tokens:
    """New tokens for an old refresh token. Google mostly leaves that as it is; a new one is kept."""
    held: Any = Credentials(
        token=None,
        refresh_token=old.refresh_token if old else "",
        token_uri=TOKENS_AT,
        client_id=sign_in.client_id,
        client_secret=_secret(sign_in),
    )
    try:
        held.refresh(functools.partial(Request(), timeout=PATIENCE))
    except TransportError as error:
        raise unreachable(sign_in, "Google", error) from None
    except RefreshError as error:
        raise _refused(error, sign_in) from None
    except (GoogleAuthError, TypeError, KeyError, ValueError):
        # Their library trips over an answer of another shape than it expects.
        raise out_of_order(sign_in, "Google") from None
    return _kept(held, sign_in, now)


def begin(sign_in: SignIn, talk: "Conversation", now: datetime) -> Tokens:
    """Let a person sign in at Google's page, in a browser of this machine or, by pasting an address, of any other."""
    client = {"client_id": sign_in.client_id, "client_secret": _secret(sign_in)}
    addresses = {"auth_uri": AUTHORIZE_AT, "token_uri": TOKENS_AT, "redirect_uris": ["http://localhost"]}
    flow = _Flow.from_client_config({"installed": client | addresses}, SCOPES)
    # Without consent Google gives no refresh token to somebody who agreed before.
    wishes = {"prompt": "consent", "login_hint": sign_in.user}
    try:
        if talk.browser:
            flow.talk = talk
            flow.run_local_server(
                port=0,
                open_browser=False,
                authorization_prompt_message=None,
                timeout_seconds=TIME_TO_SIGN_IN,
                success_message="You are signed in. This window may be closed.",
                **wishes,
            )
        else:
            _by_pasting(flow, talk, wishes)
    except requests.RequestException as error:
        raise unreachable(sign_in, "Google", error) from None
    except WSGITimeoutError:
        raise closed(sign_in, "Nobody signed in in time.", auth_command(sign_in)) from None
    except (OAuth2Error, Warning, ValueError) as error:
        # oauthlib warns, as an exception, when fewer rights are granted than were asked for.
        why = f"Google, or the person, did not agree ({_code(getattr(error, 'error', '')) or type(error).__name__})."
        raise closed(sign_in, why, auth_command(sign_in)) from None
    except OSError as error:
        why = f"This machine cannot receive the answer: {error.strerror or error}."
        raise closed(sign_in, why, f"{auth_command(sign_in)} --no-browser") from None
    return _kept(flow.credentials, sign_in, now)


class _Flow(InstalledAppFlow):  # type: ignore[misc]
    """Google's own flow; its address is shown by us (the library prints), and no answer is waited for forever."""

    talk: "Conversation | None" = None

    def authorization_url(self, **wishes: Any) -> Any:
        url, state = super().authorization_url(**wishes)
        if self.talk is not None:
            self.talk.show("Sign in at this page, which now opens in the browser of this machine:")
            self.talk.show(url)
            webbrowser.open(url)
        return url, state

    def fetch_token(self, **details: Any) -> Any:
        return super().fetch_token(timeout=PATIENCE, **details)


def _by_pasting(flow: _Flow, talk: "Conversation", wishes: dict[str, str]) -> None:
    flow.redirect_uri = NOWHERE
    url, _ = flow.authorization_url(**wishes)
    talk.show("Open this page in any browser and sign in:")
    talk.show(url)
    talk.show(f"The browser then goes to {NOWHERE}… and finds nothing there; that is as it should be.")
    pasted = talk.ask("Paste the address that it shows then:").strip()
    # oauthlib takes an answer by https only; this one travelled by hand.
    flow.fetch_token(authorization_response=re.sub("^http:", "https:", pasted))


def _secret(sign_in: SignIn) -> str:
    """The client secret: the first line of its file, or what Google's own client_secret….json says."""
    what = f"The client secret of {whose(sign_in)}"
    if sign_in.client_secret_file is None:
        raise SignInError(f"{what} is missing.", "Google wants one.", "Add client_secret_file to its [[mailbox]].")
    raw = private_bytes(sign_in.client_secret_file, what)
    if raw.lstrip().startswith(b"{"):
        try:
            raw = json.loads(raw)["installed"]["client_secret"].encode()
        except (ValueError, KeyError, TypeError, AttributeError):
            why = f"{sign_in.client_secret_file} is not what Google gives for a desktop application."
            raise SignInError(f"{what} cannot be used.", why, "Download it again.") from None
    return first_line(raw, what)


def _kept(held: Any, sign_in: SignIn, now: datetime) -> Tokens:
    if not held.token or not held.expiry or not held.refresh_token:
        raise out_of_order(sign_in, "Google")
    return Tokens(held.token, now, held.expiry.replace(tzinfo=UTC), held.refresh_token)


def _refused(error: RefreshError, sign_in: SignIn) -> SignInError | UnreachableError:
    """Only the codes are told: the description may hold names."""
    details = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code = _code(details.get("error", ""))
    if error.retryable or not code:
        return out_of_order(sign_in, "Google")
    if code in {"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"}:
        fix = "Look at the client in Google's Cloud Console: its id, its secret, whether it is still there."
        return closed(sign_in, f"Google answered {code}. It does not accept our application.", fix)
    why = f"Google answered {code}. The sign-in has expired or was withdrawn."
    return closed(sign_in, why, auth_command(sign_in))


def _code(value: object) -> str:
    return re.sub("[^a-z_]", "", str(value))[:60]
