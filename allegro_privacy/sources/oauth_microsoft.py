"""Tokens from Microsoft 365, by its library msal: a device code for a person, a secret for the program itself.

We keep the refresh token in a file of ours rather than in msal's cache: one format, one lock, and the new one is on the
disk before the old one is given up.
"""

import logging
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msal
import requests

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError, UnreachableError
from allegro_privacy.sources.oauth_told import closed, out_of_order, unreachable
from allegro_privacy.sources.secrets import from_file, whose
from allegro_privacy.sources.tokens import Tokens, auth_command

if TYPE_CHECKING:
    from allegro_privacy.sources.oauth import Conversation

AUTHORITY = "https://login.microsoftonline.com"
FOR_A_PERSON = ["https://outlook.office.com/IMAP.AccessAsUser.All"]
FOR_ITSELF = ["https://outlook.office365.com/.default"]
PATIENCE = 20.0
"""Seconds for one answer of the provider."""
_PASSING = {"temporarily_unavailable", "server_error", "request_timeout", "slow_down"}
_NOBODY_CAME = {"expired_token", "authorization_pending", "code_expired"}

# They tell of requests and answers when somebody looks for a fault with -v.
for _name in ("msal", "urllib3"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def refresh(sign_in: SignIn, old: Tokens | None, now: datetime) -> Tokens:
    """New tokens for an old refresh token, or for the program's own secret."""
    if sign_in.client_secret_file is not None:
        return _kept(_called(sign_in, lambda app: app.acquire_token_for_client(FOR_ITSELF)), sign_in, old, now)
    token = old.refresh_token if old else ""
    return _kept(
        _called(sign_in, lambda app: app.acquire_token_by_refresh_token(token, FOR_A_PERSON)), sign_in, old, now
    )


def begin(sign_in: SignIn, talk: "Conversation", now: datetime) -> Tokens:
    """Show a code, and wait until a person has typed it at Microsoft's page."""

    def with_a_code(app: Any) -> Any:
        flow = app.initiate_device_flow(scopes=FOR_A_PERSON)
        if "user_code" not in flow:
            return flow
        talk.show(f"Open {flow['verification_uri']} in any browser and type the code {flow['user_code']}")
        talk.show(f"Sign in there as {sign_in.user}, or as somebody who may open its mailbox. Waiting …")
        return app.acquire_token_by_device_flow(flow)

    return _kept(_called(sign_in, with_a_code), sign_in, None, now)


def _called(sign_in: SignIn, ask: Any) -> dict[str, Any]:
    where = f"{AUTHORITY}/{sign_in.tenant}"
    try:
        if sign_in.client_secret_file is not None:
            secret = from_file(sign_in.client_secret_file, f"The client secret of {whose(sign_in)}")
            app = msal.ConfidentialClientApplication(sign_in.client_id, secret, authority=where, timeout=PATIENCE)
        else:
            app = msal.PublicClientApplication(sign_in.client_id, authority=where, timeout=PATIENCE)
        answer = ask(app)
    except requests.RequestException as error:
        raise unreachable(sign_in, "Microsoft", error) from None
    except (msal.exceptions.MsalError, ValueError, TypeError, KeyError) as error:
        # A tenant that Microsoft does not know is a ValueError; the others are msal's ways with a strange answer.
        if "invalid_tenant" in str(error) or "AADSTS90002" in str(error):
            why = f'Microsoft knows no tenant "{sign_in.tenant}".'
            raise closed(sign_in, why, "Correct its tenant.") from None
        raise out_of_order(sign_in, "Microsoft") from None
    return answer if isinstance(answer, dict) else {}


def _kept(answer: dict[str, Any], sign_in: SignIn, old: Tokens | None, now: datetime) -> Tokens:
    token, left = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not isinstance(left, int):
        raise _refused(answer, sign_in)
    new = answer.get("refresh_token")
    kept = new if isinstance(new, str) and new else old.refresh_token if old else ""
    return Tokens(token, now, now + timedelta(seconds=left), kept)


def _refused(answer: dict[str, Any], sign_in: SignIn) -> SignInError | UnreachableError:
    """Only the codes are told: the description may hold names."""
    error = str(answer.get("error", ""))
    number = re.search(r"AADSTS\d+", str(answer.get("error_description", "")))
    why = f"Microsoft answered {re.sub('[^a-z_]', '', error)}{f' ({number[0]})' if number else ''}."
    if error in _PASSING or not error:
        return out_of_order(sign_in, "Microsoft")
    if error in {"invalid_client", "unauthorized_client"}:
        fix = (
            "Look at the application in Microsoft Entra: its id, its secret (they expire), public client flows allowed."
        )
        return closed(sign_in, f"{why} It does not accept our application.", fix)
    if error in _NOBODY_CAME:
        return closed(sign_in, "Nobody typed the code in time.", auth_command(sign_in))
    if sign_in.client_secret_file is not None:
        fix = "Look at the application in Microsoft Entra: permission IMAP.AccessAsApp, and an administrator's consent."
        return closed(sign_in, why, fix)
    return closed(sign_in, f"{why} The sign-in has expired or was withdrawn.", auth_command(sign_in))
