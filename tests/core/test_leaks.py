"""When a list says that it was sent, what its rows are about, and what excuses a mailing to somebody who had asked."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from allegro_privacy.core.drops import Drop, Stop
from allegro_privacy.core.leaks import Within, is_sending, sent_at, sent_columns, within
from allegro_privacy.core.person import Channel

MIAMI = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("header", "time", "event"),
    [
        (["email", "Sent At", "status"], 1, 2),
        (["timestamp", "email", "event"], 0, 2),
        (["date", "email", "Send Time"], 2, None),
        (["Correo", "Fecha de envío", "Estado"], 1, 2),
        (["email", "name"], None, None),
    ],
)
def test_the_column_that_says_when_is_known_by_its_name(header: list[str], time: int | None, event: int | None) -> None:
    assert (sent_columns(header).time, sent_columns(header).event) == (time, event)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-20T14:02:00Z", datetime(2026, 11, 20, 14, 2, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("11/20/2026", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("11/20/2026 2:02 PM", datetime(2026, 11, 20, 19, 2, tzinfo=UTC)),
        ("1795183320", datetime(2026, 11, 20, 14, 2, tzinfo=UTC)),
        ("20/11/2026", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_platforms_and_mail_houses_write_it(cell: str, moment: datetime | None) -> None:
    assert sent_at(cell, MIAMI) == moment


@pytest.mark.parametrize(
    ("cell", "sending"), [("delivered", True), ("Sent", True), ("", True), ("Opened", False), ("spam_report", False)]
)
def test_what_people_did_with_a_mail_is_no_sending(cell: str, sending: bool) -> None:
    assert is_sending(cell) is sending


POST = Stop(Channel.POST, 100, date(2026, 11, 16))
EMAIL = Stop(Channel.EMAIL, 100, date(2026, 11, 16))
PLANNED = Drop(1, "winter circular", Channel.POST, "acme", date(2026, 11, 13), date(2026, 11, 22), date(2026, 11, 24))
LAST = date(2026, 12, 1)

EXCUSES: dict[str, tuple[Stop, date, tuple[Drop, ...], Within]] = {
    "e-mail on the clock's last day": (EMAIL, LAST, (), Within.CLOCK),
    "e-mail the day after": (EMAIL, date(2026, 12, 2), (), Within.NOTHING),
    "e-mail is not excused by having been planned": (
        EMAIL,
        date(2026, 12, 2),
        (replace(PLANNED, channel=Channel.EMAIL, in_home_until=date(2026, 12, 2)),),
        Within.NOTHING,
    ),
    "a circular whose file was cut before": (POST, date(2026, 11, 22), (PLANNED,), Within.DROP),
    "a circular a week late in the mail": (POST, date(2026, 12, 1), (PLANNED,), Within.DROP),
    "a circular later than that": (POST, date(2026, 12, 2), (PLANNED,), Within.NOTHING),
    "a circular whose list held them": (
        POST,
        date(2026, 11, 22),
        (replace(PLANNED, export=110, as_of=109),),
        Within.NOTHING,
    ),
    "a circular that nobody planned": (POST, date(2026, 11, 22), (), Within.NOTHING),
}  # fmt: skip


@pytest.mark.parametrize(("stop", "sent", "drops", "excuse"), EXCUSES.values(), ids=list(EXCUSES))
def test_what_excuses_a_mailing(stop: Stop, sent: date, drops: tuple[Drop, ...], excuse: Within) -> None:
    last = None if stop.channel is Channel.POST else LAST
    assert within(stop, sent, last, drops) is excuse
