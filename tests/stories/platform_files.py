"""Files in the shapes that mail platforms publish, of invented people, as long as one likes. Deterministic: the same
number of rows gives the same file."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# Every hundredth row in the broken versions is one of these.
BROKEN = ("not an address", "", "@example.com", '"an open quotation mark', "nul\0in it@example.com", "two@@example.com")


def person(number: int) -> str:
    return f"person{number}@{('example.com', 'example.org', 'example.net')[number % 3]}"


def moment(number: int) -> datetime:
    """Half an hour apart, so that no ordinary row lies in a burst."""
    return BEGIN + timedelta(seconds=30 * number)


def _iso(number: int) -> str:
    return moment(number).isoformat().replace("+00:00", "Z")


def _plain(number: int) -> str:
    return moment(number).strftime("%Y-%m-%d %H:%M:%S")


def _unix(number: int) -> str:
    return str(int(moment(number).timestamp()))


def _among(number: int, *words: str) -> str:
    return words[number % len(words)]


Row = Callable[[int, str], str]
# Name -> (header, one row). The header is "" where the platform writes none.
SHAPES: dict[str, tuple[str, Row]] = {
    "ses": ("", lambda n, who: f"{who},{_among(n, 'BOUNCE', 'COMPLAINT')}"),
    "ses-json": ("", lambda n, who: json.dumps({"emailAddress": who, "reason": _among(n, "BOUNCE", "COMPLAINT")})),
    "ses-list": (
        "EmailAddress,Reason,LastUpdateTime",
        lambda n, who: f"{who},{_among(n, 'BOUNCE', 'COMPLAINT')},{_iso(n)}",
    ),
    "sendgrid": ("email,created", lambda n, who: f"{who},{_unix(n)}"),
    "sendgrid-bounces": (
        "status,reason,email,created",
        lambda n, who: f'{_among(n, "5.1.1", "4.2.2")},"550 5.1.1 no such user, really",{who},{_unix(n)}',
    ),
    "sendgrid-spam": ("ip,email,created", lambda n, who: f"192.0.2.{n % 250},{who},{_unix(n)}"),
    "mailgun": (
        "address,tags,created_at",
        lambda n, who: f'{who},{_among(n, "*", "sale")},"{format_datetime(moment(n))}"',
    ),
    "mailgun-bounces": (
        "address,code,error,created_at",
        lambda n, who: f'{who},{_among(n, "550", "451")},"No such mailbox","{format_datetime(moment(n))}"',
    ),
    "postmark": (
        "EmailAddress,SuppressionReason,Origin,CreatedAt",
        lambda n, who: f"{who},{_among(n, 'HardBounce', 'SpamComplaint', 'ManualSuppression')},Recipient,{_iso(n)}",
    ),
    "mailchimp": (
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,"
        "LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,"
        "UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS,LAST_CHANGED",
        lambda n, who: (
            f"{who},Ann,Lee,2,{_plain(0)},,{_plain(0)},,,,,,,us,fl,{_plain(n)},Spring sale,{n},NORMAL,,{n},"
            f"e{n},,,{_plain(n)}"
        ),
    ),
    "mailchimp-cleaned": (
        "Email Address,MEMBER_RATING,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,LAST_CHANGED",
        lambda n, who: f"{who},1,{_plain(n)},Spring sale,{n},{n},e{n},{_plain(n)}",
    ),
    "klaviyo": (
        "Email,Klaviyo ID,First Name,Email Marketing Consent,Email Suppressions,Email Suppressions Timestamp",
        lambda n, who: (
            f"{who},01H{n},Ann,{_among(n, 'SUBSCRIBED', 'UNSUBSCRIBED')},"
            f"{_among(n, 'HARD_BOUNCE', 'UNSUBSCRIBE', 'SPAM_COMPLAINT', 'USER_SUPPRESSED')},{_iso(n)}"
        ),
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at",
        lambda n, who: (
            f'{n:08x}-0000-4000-8000-000000000000,{who},Ann Lee,"{{""city"": ""Miami""}}",blocklisted,'
            f"{_iso(0)},{_iso(n)}"
        ),
    ),
    "generic": (
        "email,reason,source,scope,created_at,expires_at",
        lambda n, who: f"{who},{_among(n, 'opt_out', 'bounce', 'complaint')},import,account,{_iso(n)},",
    ),
    "clicks": ("email,clicked_at,sent_at,campaign", lambda n, who: f"{who},{_iso(n)},{_iso(0)},spring"),
}


def lines(shape: str, rows: int, broken: bool = False) -> Iterator[str]:
    """The lines of a file, its header first."""
    header, row = SHAPES[shape]
    if header:
        yield header
    for number in range(rows):
        who = person(number)
        if broken and number % 100 == 99:
            who = BROKEN[number // 100 % len(BROKEN)]
        yield row(number, who)


def write(path: Path, shape: str, rows: int, broken: bool = False) -> Path:
    """A file of one platform."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in lines(shape, rows, broken))
    return path
