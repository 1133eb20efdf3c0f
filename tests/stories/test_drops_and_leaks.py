"""Stories of mailings: what is planned, what still arrives after an opt-out, and what the desk answers."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from office import Desk

HAROLD = "Harold Finch"
ADDRESS = "1450 Brickell Ave Apt 2203, Miami, FL 33131"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has just set up the program."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    return office


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office for calls that change nothing."""
    office = Desk(tmp_path_factory.mktemp("calm"))
    assert office.run("init", "-q").code == 0
    return office


def day(number: int) -> date:
    """So many days from today, at the office."""
    return datetime.now(ZoneInfo("America/New_York")).date() + timedelta(days=number)


def written(when: date) -> str:
    """A date as letters have it."""
    return f"{when:%A}, {when:%B} {when.day}, {when.year}"


def folded(text: str) -> str:
    """What was told, however its lines were broken."""
    return " ".join(text.split())


def plan(desk: Desk, name: str, cut: int, in_home: tuple[int, int], *more: str, to: str = "acme") -> str:
    """Write a mailing into the calendar; its number."""
    days = f"{day(in_home[0])}..{day(in_home[1])}"
    ran = desk.run("drops", "add", name, "--cut", str(day(cut)), "--in-home", days, "--to", to, *more, "--json")
    assert ran.code == 0, ran.text
    number: str = ran.json["drop"]["id"]
    return number


def opt_out(desk: Desk, *more: str) -> Any:
    """A letter came today: no more circulars to Harold."""
    ran = desk.run(
        "record", "letter", "--channel", "post", "--name", HAROLD, "--address", ADDRESS, "--yes", "--json", *more
    )
    assert ran.code == 0, ran.text
    return ran.json


def ada_calls(desk: Desk) -> None:
    """Somebody else wants no more circulars either."""
    address = ("--address", "12 Oak St, Miami, FL 33144")
    assert desk.run("record", "call", "--channel", "post", "--name", "Ada Byron", *address, "--yes").code == 0


def export(desk: Desk, to: str = "acme", channel: str = "post") -> str:
    """Send the list; its number."""
    ran = desk.run("export", "--to", to, "--channel", channel, "--allow-stale", "a test reads no mail", "--json")
    assert ran.code == 0, ran.text
    (last,) = [each for each in desk.run("status", "--json").json["exports"] if each["recipient"] == to]
    number: str = last["id"]
    return number


def test_a_circular_was_under_way_when_harold_wrote_and_his_complaint_is_answered(desk: Desk) -> None:
    # The autumn list had left, and the file of the winter circular was cut, before Harold wrote.
    ada_calls(desk)
    autumn = export(desk)
    assert desk.run("export", "ack", "acme", "1", "--applied", "1").code == 0
    circular = plan(desk, "winter circular", -3, (1, 3), "--export", autumn)

    # His letter comes. Who records it is told at once what to tell him.
    recorded = opt_out(desk)
    assert [each["name"] for each in recorded["may_still_arrive"]] == ["winter circular"]
    assert recorded["silent_from"] == str(day(11))

    # The next list has him, and the mail house has applied it.
    export(desk)
    counted = {each["figure"]: each["rows"] for each in desk.run("report", "--json").json["figures"]}
    assert counted["acknowledgements-behind"] == counted["drops-ahead"] == [{"dimension": "acme: post", "value": 1}]
    assert desk.run("export", "ack", "acme", "2", "--applied", "2").code == 0

    # He calls: "I wrote to you, and here is your circular." Whoever enters the call can tell him at once:
    call = ("record", "call", "--channel", "post", "--name", HAROLD, "--address", ADDRESS, "--yes")
    complaint = folded(desk.run(*call, "--note", "I wrote to you, and here is your circular").out)
    assert "stood already" in complaint
    assert f'may still arrive: "winter circular" ({circular}, acme)' in complaint

    # The story behind it:
    why = desk.run("why", HAROLD).out
    assert "Carried by the list" in why
    assert f'may still arrive: "winter circular" ({circular}, acme)' in why
    assert f"nothing more from {day(11)} on" in why
    found = desk.run("find", HAROLD)
    assert "winter circular" in found.out

    # The answer names the mailing, its days, and the day from which there is silence.
    (stopped,) = desk.run("find", HAROLD, "--json").json["suppressions"]
    assert stopped["may_still_arrive"][0]["export"] == autumn
    letter = desk.run("reply", stopped["id"])
    assert letter.code == 0, letter.text
    text = folded(letter.out)
    assert f"“winter circular” (planned for {written(day(1))} to {written(day(3))})" in text
    assert f"no more of our circulars should come from {written(day(11))} on" in text
    assert desk.run("verify").code == 0


def test_without_a_calendar_nothing_is_promised(desk: Desk) -> None:
    recorded = opt_out(desk)
    assert (recorded["may_still_arrive"], recorded["silent_from"]) == ([], None)
    assert "nothing more" not in desk.run("why", HAROLD).out


def test_a_mailing_that_had_the_list_reaches_nobody_on_it(desk: Desk) -> None:
    opt_out(desk)
    number = export(desk)
    circular = plan(desk, "winter circular", 0, (5, 6))
    # Cut today, and he wrote today: nobody knows which came first, until the list that was applied is named.
    assert "may still arrive" in desk.run("why", HAROLD).out
    assert desk.run("drops", "used", circular, number).code == 0
    assert "may still arrive" not in desk.run("why", HAROLD).out


def test_the_desk_is_told_to_send_a_new_list_before_the_next_cut(desk: Desk) -> None:
    opt_out(desk)
    plan(desk, "spring circular", 4, (9, 10))
    plan(desk, "next year's", 60, (70, 70), to="other-house")
    status = folded(desk.run("status").out)
    assert f'send acme a new list before the cut of "spring circular" ({day(4)}): it has none yet' in status
    assert "next year's" not in status
    assert [each["lacks"] for each in desk.run("status", "--json").json["drops"]] == [1]
    export(desk)
    assert "send acme" not in desk.run("status").out
    ada_calls(desk)
    assert "1 suppression is not in the one that it has" in folded(desk.run("drops").out)


def test_a_mailing_changes_and_is_cancelled(desk: Desk) -> None:
    circular = plan(desk, "winter  circular", 2, (5, 6))
    changed = desk.run("drops", "change", circular, "--cut", str(day(3)), "--in-home", str(day(8)), "--json").json[
        "drop"
    ]
    assert changed["name"] == "winter circular"
    assert (changed["file_cut"], changed["in_home"], changed["in_home_until"]) == (
        str(day(3)),
        str(day(8)),
        str(day(8)),
    )
    assert desk.run("drops", "cancel", circular, "--note", "snow").code == 0
    assert desk.run("drops", "--json").json["drops"] == []
    (kept,) = desk.run("drops", "--all", "--json").json["drops"]
    assert kept["cancelled"]
    assert "was cancelled" in desk.run("drops", "change", circular, "--name", "again").err
    assert desk.run("verify").code == 0


def test_a_dry_run_plans_nothing(desk: Desk) -> None:
    ran = desk.run("drops", "add", "x", "--cut", str(day(1)), "--in-home", str(day(2)), "--to", "acme", "-n")
    assert "not recorded" in ran.out
    assert desk.run("drops", "--all", "--json").json["drops"] == []


def test_an_e_mail_that_is_about_to_be_sent_counts_too(desk: Desk) -> None:
    plan(desk, "Sunday letter", -1, (1, 1), "--channel", "email", to="platform")
    ran = desk.run("record", "call", "--channel", "email", "--email", "rosa@example.com")
    assert 'may still arrive: "Sunday letter"' in ran.out
    assert f"nothing more from {day(3)} on" in ran.out
    (stopped,) = desk.run("find", "rosa@example.com", "--json").json["suppressions"]
    assert "“Sunday letter”" in folded(desk.run("reply", stopped["id"]).out)


def sent_list(desk: Desk, name: str, *lines: str) -> str:
    """A file that a mail house or a platform gave us."""
    (desk.folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return name


def rosa_calls(desk: Desk, received: date) -> None:
    """No more e-mail to Rosa, since that day."""
    call = ("record", "call", "--channel", "email", "--email", "rosa@example.com")
    assert desk.run(*call, "--received", str(received)).code == 0


def test_a_send_log_shows_that_rosa_was_mailed_after_the_clock_had_ended(desk: Desk) -> None:
    rosa_calls(desk, day(-30))
    log = sent_list(
        desk, "log.csv", "Recipient email,Event,Timestamp,Campaign",
        f"Rosa@Example.com,delivered,{day(-40)}T10:00:00Z,before she asked",
        f"rosa@example.com,delivered,{day(-27)}T15:00:00Z,inside",
        f"rosa@example.com,delivered,{day(-2)}T15:00:00Z,outside",
        f"rosa@example.com,open,{day(-1)}T09:00:00Z,no sending",
        f"ada@example.com,delivered,{day(-2)}T15:00:00Z,never asked",
        "rosa@example.com,delivered,some day,undated",
    )  # fmt: skip
    ran = desk.run("leaks", log, "--to", "platform")
    assert ran.code == 0, ran.text
    told = folded(ran.out)
    assert "6 rows: 1 person was mailed after they had asked (1 in time, 1 not)" in told
    assert f"rosa@example.com: asked {day(-30)}, mailed {day(-27)}, 3 days after; inside the clock" in told
    assert f"mailed {day(-2)}, 28 days after; outside the clock" in told
    assert "1 row: met somebody but are no sendings" in told
    assert "1 row: met somebody but do not say when they were sent" in told

    why = folded(desk.run("why", "rosa@example.com").out)
    assert f"was mailed by platform on {day(-2)}, 28 days after asking; not in time" in why
    found = desk.run("leaks", log, "--to", "platform", "--check", "--json")
    assert found.code == 4
    assert found.json["recorded_before"]
    assert [(each["days"], each["within"], each["reply"]) for each in found.json["leaks"]] == [
        (3, "clock", "may-still-receive"),
        (28, None, "done"),
    ]
    counted = {each["figure"]: each["rows"] for each in desk.run("report", "--json").json["figures"]}
    assert counted["leaks-found"] == [
        {"dimension": "email: in time", "value": 1},
        {"dimension": "email: not in time", "value": 1},
    ]
    # Each can be answered with the command that is named.
    number = found.json["leaks"][1]["suppression"]["id"]
    assert f"allegro-privacy reply {number} --template done" in ran.out
    assert desk.run("reply", number, "--template", "done", "-n").code == 0
    assert desk.run("verify").code == 0


def test_a_mail_house_s_list_of_a_circular_that_was_planned_before_harold_wrote(desk: Desk) -> None:
    circular = plan(desk, "winter circular", -20, (-3, -2))
    opt_out(desk, "--received", str(day(-6)))
    mailed = sent_list(
        desk, "mailed.csv", "Nombre,Dirección,Ciudad,Estado,Código postal,Correo electrónico",
        "Harold Finch,1450 Brickell Avenue #2203,Miami,FL,33131,rosa@example.com",
        "Ada Byron,12 Oak St,Miami,FL,33144,",
    )  # fmt: skip
    rosa_calls(desk, day(-20))
    # A circular's list may hold e-mail addresses: nobody was e-mailed by it.
    assert "does not tell how it was sent" in desk.run("leaks", mailed, "--sent", str(day(-3))).err
    found = desk.run("leaks", mailed, "--drop", circular, "--json").json
    (leak,) = found["leaks"]
    assert (leak["sent"], leak["days"], leak["within"]) == (str(day(-3)), 3, "drop")
    assert found["recipient"] == "acme"
    why = folded(desk.run("why", HAROLD).out)
    assert f"was mailed by acme ({circular}) on {day(-3)}, 3 days after asking; it was planned" in why
    assert "was mailed" not in desk.run("why", "rosa@example.com").out


def test_whoever_was_put_back_on_the_list_before_was_mailed_rightly(desk: Desk) -> None:
    rosa_calls(desk, day(-30))
    (stopped,) = desk.run("find", "rosa@example.com", "--json").json["suppressions"]
    assert desk.run("lift", stopped["id"], "--evidence", "wants the catalog again", "--yes").code == 0
    log = sent_list(desk, "log.csv", "email", "rosa@example.com")
    # She was put back today: yesterday she still stood on the list.
    assert desk.run("leaks", log, "--sent", str(day(-1)), "--json", "-n").json["counts"]["leaks"] == 1
    tomorrow = desk.run("leaks", log, "--sent", str(day(1)))
    assert "not sent yet" in tomorrow.err


def test_a_list_that_does_not_say_when_it_was_sent_is_asked_about(desk: Desk) -> None:
    log = sent_list(desk, "log.csv", "email", "ada@example.com")
    assert "does not tell when it was sent" in desk.run("leaks", log).err
    ran = desk.run("leaks", log, "--sent", str(day(-1)), "--check")
    assert (ran.code, "nobody was mailed after they had asked" in ran.out) == (0, True)


ADD = ("add", "winter circular", "--to", "acme")
IN_TIME = ("--cut", "2026-12-01", "--in-home", "2026-12-08")
WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "a date is year-month-day": ((*ADD, "--cut", "12/1/2026", "--in-home", "2026-12-08"), "is not a date"),
    "the cut comes first": ((*ADD, "--cut", "2026-12-09", "--in-home", "2026-12-08"), "not in order"),
    "a range goes forwards": ((*ADD, "--cut", "2026-12-01", "--in-home", "2026-12-08..2026-12-07"), "end before they"),
    "a list that never left": ((*ADD, *IN_TIME, "--export", "E9"), "is not a list"),
    "a recipient with spaces": (
        ("add", "x", *IN_TIME, "--to", "Acme House"),
        "not the name of a recipient",
    ),
    "a name of nothing": (("add", " ", *IN_TIME, "--to", "acme"), "needs a name"),
    "a number that is none": (("cancel", "D99"), "There is no planned mailing"),
    "a change of nothing": (("change", "D99"), "does not say what changes"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_planned_is_refused_in_words(calm: Desk, arguments: tuple[str, ...], told: str) -> None:
    ran = calm.run("drops", *arguments)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""
