"""A shop's half year: some four hundred messages, answered, checked, exported. The same each time it is made.

What people can choose (names, subjects, staff's names, names of recipients) is hostile throughout.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recorded_people import Desk, keys_of, letter

from allegro_privacy import tables
from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.decision import Decision, RequestDecision, ReviewAnswer, Verdict
from allegro_privacy.core.kinds import load_kinds
from allegro_privacy.core.message import Origin, Via
from allegro_privacy.core.person import Channel, Level, Person, PostalAddress
from allegro_privacy.core.reading import Nature, Reading, Request
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import create, open_database, writing

FIRST = datetime(2026, 1, 5, 14, tzinfo=UTC)
DAYS = 181
SCRIPT = "</style></svg></title><script>alert(1)</script>"
HANDLER = '"><img src="https://evil.example/x" onerror=alert(1)> $x^{2}$ \x1b[31m\u202e'
STAFF = ("Dana", f"Ben {HANDLER}")
RECIPIENTS = ("acme-mailing", f"Print & Co {SCRIPT}", "javascript:alert(1) 株式会社")
ASKED = (
    ("opt-out", Channel.EMAIL, 46), ("opt-out", Channel.POST, 24), ("opt-out", Channel.PHONE, 7),
    ("deletion", None, 8), ("access", None, 5), ("correction", None, 3), ("do-not-share", None, 4),
    ("question", None, 3),
)  # fmt: skip
CAME = ((Via.EMAIL, 70), (Via.LETTER, 14), (Via.CALL, 9), (Via.FORM, 7))
EFFECTS = {kind.name: kind.effect for kind in load_kinds(tables.load(None, languages=False).kinds).values()}


@dataclass
class _Shop:
    desk: Desk
    chance: random.Random

    def odds(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def pick(self, rows: tuple[tuple[object, ...], ...]) -> tuple[object, ...]:
        return self.chance.choices(rows, [row[-1] for row in rows])[0]


def fill(path: Path, seed: int = 7) -> datetime:
    """Make the database; the time at which it ends."""
    create(path, f"Allegro {SCRIPT}", "owner", FIRST)
    with open_database(path) as database:
        shop = _Shop(Desk(path, database), random.Random(seed))
        for number in range(400):
            day = int(DAYS * (number / 400) ** 0.8)
            _message(shop, number, FIRST + timedelta(days=day, hours=shop.chance.randrange(9)))
        _answers(shop)
        _lists(shop)
    return FIRST + timedelta(days=DAYS)


def _message(shop: _Shop, number: int, received: datetime) -> None:
    kind, channel, _ = shop.pick(ASKED)
    via, _ = shop.pick(CAME)
    request = _request(kind, channel, number)  # type: ignore[arg-type]
    verdict = Verdict.ASK if shop.odds(18) else Verdict.ACCEPT
    asked = () if shop.odds(8) else (request,)
    if not asked:
        verdict = Verdict.IGNORE
    said = letter(f"N{number} {SCRIPT}", f"p{number}@example.com", f"{HANDLER} {number}",
                  received=received, via=via)  # fmt: skip
    language = "es" if shop.odds(20) else "en"
    reading = Reading(Nature.PERSONAL, language, asked, (), (), "", "rules-1")
    decision = Decision(verdict, tuple(RequestDecision(each, verdict, "said so") for each in asked), (), "as it says")
    now = received + timedelta(hours=shop.chance.choice((1, 3, 8, 20, 70)))
    with writing(shop.desk.database):
        journal.record(
            shop.desk.database, said, said.text, Origin("eml:", f"/mail/{number}.eml", "1"), reading, decision, "cron",
            now, effects=EFFECTS, keys_of=keys_of,
        )  # fmt: skip


def _request(kind: str, channel: Channel | None, number: int) -> Request:
    address = PostalAddress(f"{number} Elm St\nMiami, FL 33131", f"{number} Elm St", None, "Miami", "FL", "33131")
    person = Person(
        name=f"N{number}", email=f"p{number}@example.com", phone=f"+1305555{number:04}",
        address=address if channel is Channel.POST else None,
    )  # fmt: skip
    return Request(kind, person, channel, Level.INDIVIDUAL if channel is Channel.POST else None)


def _answers(shop: _Shop) -> None:
    database = shop.desk.database
    for event, opened in database.rows("SELECT event, opened FROM reviews ORDER BY event"):
        late = datetime.fromisoformat(opened) + timedelta(days=shop.chance.choice((0, 1, 1, 2, 6, 21)), hours=3)
        if late < FIRST + timedelta(days=DAYS - 12) and shop.odds(92):
            answer = ReviewAnswer(Verdict.ACCEPT if shop.odds(70) else Verdict.IGNORE)
            with writing(database):
                journal.answer_review(
                    database, f"R{event}", answer, shop.chance.choice(STAFF), late, effects=EFFECTS, keys_of=keys_of
                )
    for case in views.open_cases(database):
        _close(shop, case.id, case.received)
    unchecked = database.rows("SELECT event, verdict FROM messages WHERE verdict <> 'ask' ORDER BY event")
    for event, _ in shop.chance.sample(unchecked, 60):
        with writing(database):
            journal.check_decision(
                database, f"M{event}", shop.odds(5), "", shop.chance.choice(STAFF), FIRST + timedelta(days=150)
            )


def _close(shop: _Shop, case_id: str, received: datetime) -> None:
    closed = received + timedelta(days=shop.chance.choice((3, 9, 20, 33, 44, 52)))
    if closed > FIRST + timedelta(days=DAYS):
        return
    state = shop.chance.choice((State.FULFILLED, State.PARTLY, State.PARTLY, State.DENIED, State.REVOKED))
    reason = shop.chance.choice(("no-match", "insufficient-verification")) if state is State.DENIED else ""
    with writing(shop.desk.database):
        found = views.case(shop.desk.database, case_id)
        journal.change_case(shop.desk.database, found, Step.CLOSED, state, SCRIPT, "Dana", closed, reason=reason)


def _lists(shop: _Shop) -> None:
    for week in range(26):
        for recipient in RECIPIENTS[: 1 + (week % 2) + (week % 5 == 0)]:
            channel = Channel.EMAIL if "javascript" in recipient else Channel.POST
            with writing(shop.desk.database):
                head = views.ledger_head(shop.desk.database)
                content = {
                    "recipient": recipient, "channel": channel.value, "layout": "plain", "file": f"{week}.csv",
                    "sha256": "00", "rows": week * 4, "as_of": head.number, "head": head.hash, "override": "",
                    "reason": "",
                }  # fmt: skip
                journal.record_export(shop.desk.database, content, "Dana", FIRST + timedelta(days=7 * week + 1))
