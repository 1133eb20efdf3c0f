"""Rows of platforms' files: which shape a file has, what a row says, what it changes, which clicks no person made."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from allegro_privacy import tables
from allegro_privacy.core.import_times import read_time
from allegro_privacy.core.imported import BadLine, Change, Known, Line, change_of, understand
from allegro_privacy.core.link_scanners import Burst, Click, bursts, merged
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.platforms import Means, Shape, load_shapes, recognise
from allegro_privacy.core.postal import address_from_parts

SHAPES = load_shapes(tables.platforms())
NOON = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def told(first: str, *others: str, wanted: str = "") -> set[str]:
    return {f"{table.shape.platform}: {table.shape.holds}" for table in recognise(SHAPES, (first, *others), wanted)}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("EmailAddress,Reason,LastUpdateTime", "ses: suppression list"),
        ("rosa@example.com,BOUNCE", "ses: bulk file"),
        ('{"emailAddress": "rosa@example.com", "reason": "COMPLAINT"}', "ses: suppression list"),
        ("email,created", "sendgrid: unsubscribes"),
        ("status,reason,email,created", "sendgrid: bounces"),
        ("reason,email,created", "sendgrid: invalid addresses"),
        ("ip,email,created", "sendgrid: spam reports"),
        ("address,tags,created_at", "mailgun: unsubscribes"),
        ("address,code,error,created_at", "mailgun: bounces"),
        ("address,created_at", "mailgun: complaints"),
        ("EmailAddress,SuppressionReason,Origin,CreatedAt", "postmark: suppressions of a stream"),
        ("Email Address,First Name,MEMBER_RATING,UNSUB_TIME,LAST_CHANGED", "mailchimp: unsubscribed contacts"),
        ("Email Address;MEMBER_RATING;CLEAN_TIME;LAST_CHANGED", "mailchimp: cleaned contacts"),
        ("Email Address,MEMBER_RATING,LAST_CHANGED,Shoe size", "mailchimp: subscribed contacts"),
        ("Email,Klaviyo ID,Email Marketing Consent,Email Suppressions", "klaviyo: profiles"),
        ("uuid,email,name,attributes,status,created_at,updated_at", "listmonk: subscribers"),
        ("email\treason\tcreated_at", "generic: generic"),
        ("E-MAIL, Reason", "generic: generic"),
        ("email,clicked_at,campaign", "clicks: clicks"),
    ],
)
def test_a_file_is_recognised_by_its_first_line(header: str, expected: str) -> None:
    assert told(header) == {expected}


@pytest.mark.parametrize(
    "header",
    [
        "email",  # could be anybody's list
        "address,created_at,city",  # customers, not complaints
        "name,street,zip",
        "rosa@example.com,2026-01-01",
        "[",
        '{"email": ',
        "",
    ],
)
def test_what_could_be_any_list_is_not_recognised_by_itself(header: str) -> None:
    assert told(header) == set()


def test_a_plain_column_of_addresses_is_read_when_people_say_what_it_is() -> None:
    assert told("Email", wanted="klaviyo") == {"klaviyo: suppression upload"}


def test_the_delimiter_that_a_spreadsheet_notes_is_taken() -> None:
    (table,) = recognise(SHAPES, ("sep=;\n", "email;reason\n", "a@example.com;bounce\n"))
    assert (table.delimiter, table.first, table.header) == (";", 2, ("email", "reason"))


def row(header: str, cells: Sequence[str]) -> Line | BadLine:
    (table,) = recognise(SHAPES, (header,))
    named = dict(zip(header.split(","), cells, strict=True))
    return understand(table.shape, lambda name: named.get(name, ""), 7, ",".join(cells), UTC, address_from_parts)


KLAVIYO = "Email,Email Marketing Consent,Email Suppressions"
POSTMARK = "EmailAddress,SuppressionReason,Origin,CreatedAt"


@pytest.mark.parametrize(
    ("header", "cells", "means"),
    [
        ("EmailAddress,Reason", ("a@example.com", "BOUNCE"), Means.BOUNCE),
        ("EmailAddress,Reason", ("a@example.com", "complaint"), Means.COMPLAINT),
        ("status,reason,email,created", ("4.2.2", "full", "a@example.com", ""), Means.SOFT_BOUNCE),
        ("status,reason,email,created", ("5.1.1", "gone", "a@example.com", ""), Means.BOUNCE),
        (POSTMARK, ("a@example.com", "ManualSuppression", "Recipient", ""), Means.OPT_OUT),
        (KLAVIYO, ("a@example.com", "SUBSCRIBED", ""), Means.NOTHING),
        (KLAVIYO, ("a@example.com", "SUBSCRIBED", "HARD_BOUNCE"), Means.BOUNCE),
        (KLAVIYO, ("a@example.com", "UNSUBSCRIBED", "HARD_BOUNCE"), Means.OPT_OUT),
        (KLAVIYO, ("a@example.com", "UNSUBSCRIBED", "['USER_SUPPRESSED', 'SPAM_COMPLAINT']"), Means.COMPLAINT),
        ("email,reason", ("a@example.com", "subscribed"), Means.NOTHING),
    ],
)
def test_the_strongest_reason_of_a_row_counts(header: str, cells: Sequence[str], means: Means) -> None:
    line = row(header, cells)
    assert isinstance(line, Line)
    assert line.means is means


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("", "unsubscribe"), "no e-mail address"),
        (("rosa at example.com", "unsubscribe"), "is none"),
        (("@example.com", "unsubscribe"), "whole domain"),
        (("rosa@example.com", "gremlins"), "“gremlins” is not known"),
    ],
)
def test_a_row_that_says_nothing_for_certain_is_bad_and_says_why(cells: Sequence[str], why: str) -> None:
    line = row("email,reason", cells)
    assert isinstance(line, BadLine)
    assert why in line.why
    assert line.number == 7


def website(**options: object) -> Shape:
    (found, *_) = [shape for shape in SHAPES if shape.platform == "generic"]
    from dataclasses import replace

    columns = {"email": "mail", "name": "who", "street": "street", "city": "city", "state": "state", "zip": "zip"}
    stops = ((Channel.EMAIL, "news"), (Channel.POST, "paper"))
    own = {"columns": columns, "reason": (), "means": Means.OPT_OUT, "words": (), "stops": stops}
    return replace(found, stop=frozenset({"no"}), keep=frozenset({"yes"}), **{**own, **options})


@pytest.mark.parametrize(
    ("news", "paper", "channels"),
    [
        ("no", "yes", (Channel.EMAIL,)),
        ("NO ", "no", (Channel.EMAIL, Channel.POST)),
        ("yes", "no", (Channel.POST,)),
        ("yes", "yes", ()),
    ],
)
def test_a_website_says_per_channel_what_is_to_stop(news: str, paper: str, channels: tuple[Channel, ...]) -> None:
    cells = {"mail": "a@example.com", "who": "Ann Lee", "news": news, "paper": paper}
    cells |= {"street": "12 Oak St", "city": "Miami", "state": "FL", "zip": "33144"}
    line = understand(website(), lambda name: cells.get(name, ""), 2, "", UTC, address_from_parts)
    assert isinstance(line, Line)
    assert line.channels == channels
    assert (line.means is Means.NOTHING) == (not channels)
    assert (line.person.address is not None) == (Channel.POST in channels)


def test_a_cell_that_says_neither_yes_nor_no_is_never_guessed() -> None:
    cells = {"mail": "a@example.com", "news": "maybe", "paper": "yes"}
    line = understand(website(), lambda name: cells.get(name, ""), 2, "", UTC, address_from_parts)
    assert isinstance(line, BadLine)
    assert "“maybe” in the column news" in line.why


def line(means: Means, time: datetime | None = None) -> Line:
    return Line(1, means, Person(email="a@example.com"), (Channel.EMAIL,), time=time)


@pytest.mark.parametrize(
    ("means", "known", "change"),
    [
        (Means.OPT_OUT, Known(), Change.NEW),
        (Means.OPT_OUT, Known(listed=True), Change.ALREADY),
        (Means.OPT_OUT, Known(row=True), Change.KNOWN),
        (Means.NOTHING, Known(listed=True), Change.IGNORED),
        (Means.NOTHING, Known(), Change.IGNORED),
        (Means.COMPLAINT, Known(), Change.NEW),
        (Means.COMPLAINT, Known(listed=True), Change.STRONGER),
        (Means.COMPLAINT, Known(listed=True, complained=True), Change.ALREADY),
        (Means.BOUNCE, Known(), Change.NEW),
        (Means.BOUNCE, Known(hard=False), Change.STRONGER),
        (Means.BOUNCE, Known(hard=True), Change.ALREADY),
        (Means.SOFT_BOUNCE, Known(hard=True), Change.ALREADY),
    ],
)
def test_an_import_only_adds_or_strengthens(means: Means, known: Known, change: Change) -> None:
    assert change_of(line(means), known) is change


@pytest.mark.parametrize(
    ("time", "change"), [(None, Change.ASK), (NOON, Change.ASK), (NOON + timedelta(days=1), Change.NEW)]
)
def test_who_was_put_back_since_is_a_persons_decision(time: datetime | None, change: Change) -> None:
    assert change_of(line(Means.OPT_OUT, time), Known(lifted=NOON)) is change


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T14:02:00Z", "2026-11-20T14:02:00+00:00", "2026-11-20T09:02:00-05:00", "2026-11-20 14:02:00",
        "2026-11-20 14:02:00 UTC", "2026-11-20 14:02:00.123456789 +0000 UTC", "2026-11-20T14:02:00.123456+00:00",
        "1795183320", "1795183320000", "Fri, 20 Nov 2026 14:02:00 UTC", "Fri, 20 Nov 2026 09:02:00 -0500",
    ],
)  # fmt: skip
def test_times_are_read_as_platforms_write_them(written: str) -> None:
    assert read_time(written, UTC) == NOON


@pytest.mark.parametrize("written", ["", "soon", "11/20/2026", "99999999999999999", "0", "2026-13-45", "\0"])
def test_a_time_that_cannot_be_read_is_none(written: str) -> None:
    assert read_time(written, UTC) is None


def test_a_time_without_a_zone_is_the_platforms_or_the_shops() -> None:
    assert read_time("2026-11-20 09:02:00", ZoneInfo("America/New_York")) == NOON
    assert read_time("11/20/2026 09:02", timezone(timedelta(hours=-5)), "%m/%d/%Y %H:%M") == NOON


def clicks(domain: str, *seconds: int) -> list[Click]:
    return [Click(domain, at, str(number).encode()) for number, at in enumerate(seconds)]


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ((0, 10, 20, 30, 60), [Burst("corp.example", 0, 60)]),
        ((0, 10, 20, 30, 61), []),
        ((0, 100, 200, 300, 400), []),
        ((0, 1, 2, 3), []),
        ((0, 1, 2, 3, 4, 30, 59), [Burst("corp.example", 0, 59)]),
        ((0, 1, 2, 3, 4, 500, 501, 502, 503, 504), [Burst("corp.example", 0, 4), Burst("corp.example", 500, 504)]),
    ],
)
def test_five_people_of_one_domain_within_a_minute_look_like_a_scanner(
    seconds: tuple[int, ...], found: list[Burst]
) -> None:
    assert list(bursts(clicks("corp.example", *seconds), 5, 60)) == found


def test_one_person_who_clicks_ten_times_is_no_scanner() -> None:
    assert list(bursts([Click("corp.example", at, b"rosa") for at in range(10)], 5, 60)) == []


def test_two_domains_are_never_one_burst() -> None:
    mixed = clicks("a.example", 1, 2, 3) + clicks("b.example", 1, 2, 3)
    assert list(bursts(mixed, 5, 60)) == []


def test_a_long_burst_is_told_as_one() -> None:
    long = [Click("corp.example", number // 10, str(number).encode()) for number in range(5000)]
    assert list(bursts(long, 5, 60)) == [Burst("corp.example", 0, 499)]


def test_bursts_that_touch_are_merged() -> None:
    found = [Burst("a", 5, 9), Burst("a", 0, 6), Burst("a", 20, 21), Burst("b", 1, 2)]
    assert merged(found) == {"a": (Burst("a", 0, 9), Burst("a", 20, 21)), "b": (Burst("b", 1, 2),)}
