"""A mailbox as large as wanted, of the sizes and shapes that a shop's mailbox holds: what the fixtures say, in the
dress that mail really comes in (two to four Received lines, a DKIM signature, HTML beside the text, our newsletter
quoted below). The same seed gives the same bytes.

Nine tenths have between 2 and 5.5 KB; two in five have HTML beside the text.
"""

import base64
import html
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mail"
_ARRIVED = datetime(2024, 1, 2, 9, tzinfo=UTC)
_HOSTS = ("mx1.mailhost.example", "relay.example.net", "out-3.mail.example.org", "smtp.provider.example")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# Which share of a mailbox a kind of fixture stands for; the rest is customers' ordinary mail (trap-…).
_SHARES = {"opt-out": 22, "deletion": 3, "access": 3, "bulk": 20, "bounce": 6, "auto-reply": 8, "trap": 38}
_NEWS = (
    "This week at the store: student violins from $149, the new digital pianos, and Saturday's drum clinic.",
    "Everything for the marching season: mouthpieces, reeds, valve oil and covers, now in one place.",
    "Trade in your old amplifier until the end of the month and take up to 20% off a new one.",
    "Our repair shop has two luthiers again. Bring your guitar before noon and have it back the same day.",
    "Lessons for children and adults: piano, guitar, violin, voice. The first half hour is on the house.",
)


def messages(count: int, seed: int = 1) -> Iterator[tuple[bytes, datetime]]:
    """Raw messages, each with the time when it arrived."""
    chance = random.Random(seed)
    by_share = {
        share: [path.read_bytes() for path in sorted(FIXTURES.rglob("*.eml")) if path.parent.name.startswith(share)]
        for share in _SHARES
    }
    shares, weights = list(_SHARES), list(_SHARES.values())
    for number in range(count):
        raw = chance.choice(by_share[chance.choices(shares, weights)[0]])
        arrived = _ARRIVED + timedelta(minutes=37 * number + chance.randrange(30))
        yield _dressed(raw.replace(b"\r\n", b"\n"), number, arrived, chance), arrived


def _dressed(raw: bytes, number: int, arrived: datetime, chance: random.Random) -> bytes:
    head, _, body = raw.partition(b"\n\n")
    head = re.sub(rb"(?im)^message-id:.*(?:\n[ \t].*)*\n?", b"", head).rstrip(b"\n")
    head = re.sub(rb"(?im)^(from:[^\n]*?)([\w.-]+)@", rb"\g<1>\g<2>.%d@" % number, head, count=1)
    fields = b"".join(_travelled(number, arrived, chance)) + b"Message-ID: <%d@made.example>\n" % number
    if _is_plain(head) and body.strip() and _is_utf8(body):
        mark, body = _body(body.decode().rstrip(), chance)
        head = re.sub(rb"(?im)^(?:mime-version|content-[\w-]+):.*(?:\n[ \t].*)*\n?", b"", head)
        fields += b"MIME-Version: 1.0\n" + mark
    return (fields + head.rstrip(b"\n") + b"\n\n" + body).replace(b"\n", b"\r\n")


def _travelled(number: int, arrived: datetime, chance: random.Random) -> Iterator[bytes]:
    """The lines that servers put on top, the last server's first."""
    yield b"Return-Path: <sender.%d@example.com>\n" % number
    for step in range(chance.randint(2, 4)):
        at = format_datetime(arrived - timedelta(seconds=2 * step))
        host, other = chance.sample(_HOSTS, 2)
        yield (
            f"Received: from {host} ({host} [192.0.2.{chance.randrange(1, 255)}])\n"
            f"\tby {other} (Postfix) with ESMTPS id {chance.randrange(16**10):010X}\n"
            f"\tfor <customerservice@allegro.example>; {at}\n"
        ).encode()
    signature = "".join(chance.choices(_ALPHABET, k=344))
    folded = "\n\t ".join(signature[at : at + 68] for at in range(0, 344, 68))
    yield (
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s2024;\n"
        f"\t h=from:to:subject:date:message-id:mime-version; bh={signature[:43]}=;\n\t b={folded}\n"
        f"X-Received-Id: {number}\nX-Mailer-Version: 16.0 (1.0.{number % 97})\n"
    ).encode()


def _is_plain(head: bytes) -> bool:
    types = re.findall(rb"(?im)^content-(?:type|transfer-encoding):\s*([\w/-]+)", head)
    return all(type_.lower() in (b"text/plain", b"7bit", b"8bit") for type_ in types)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _body(text: str, chance: random.Random) -> tuple[bytes, bytes]:
    """A written text as mail programs send it: its header fields and its bytes."""
    if chance.random() < 0.6:
        news = chance.choices(_NEWS, k=chance.randint(6, 24))
        text += "\n\nOn Mon, Jan 1, 2024 at 9:00 AM Allegro Music Center <news@allegro.example> wrote:\n\n"
        text += "\n>\n".join("> " + line for line in news) + "\n"
    kind = chance.choices(("plain", "base64", "alternative"), (35, 10, 55))[0]
    if kind == "plain":
        return b"Content-Type: text/plain; charset=utf-8\n", text.encode() + b"\n"
    if kind == "base64":
        return (
            b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n",
            base64.encodebytes(text.encode()),
        )
    lines = (html.escape(line) or "<br>" for line in text.split("\n"))
    page = "".join(f'<div style="font-family:Calibri,sans-serif;font-size:11pt">{line}</div>\n' for line in lines)
    parts = (
        ("plain", text),
        ("html", f'<html><head><style>p {{margin:0}}</style></head><body dir="ltr">\n{page}</body></html>'),
    )
    body = "".join(f"--=_made\nContent-Type: text/{kind}; charset=utf-8\n\n{part}\n" for kind, part in parts)
    return b'Content-Type: multipart/alternative; boundary="=_made"\n', f"{body}--=_made--\n".encode()
