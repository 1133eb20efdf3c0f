"""The calendar file: RFC 5545 to the letter, and nobody's name in it."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.deadlines import Due
from allegro_privacy.core.duties import Deed, Duty
from allegro_privacy.reports.calendar import LONGEST_LINE, calendar, escaped, folded

NOW = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)


def duty(of: str, deed: Deed = Deed.ANSWER, safe: date = date(2026, 12, 31)) -> Duty:
    return Duty(of, deed, "deletion", "child", date(2026, 11, 20), Due(safe, date(2027, 1, 4)))


def unfolded(text: str) -> list[str]:
    """The content lines, as RFC 5545, section 3.1 reads them."""
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_an_entry_is_whole_and_lies_on_its_safe_date() -> None:
    lines = unfolded(calendar([duty("C8")], "The Shop", NOW))
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//allegro-privacy//deadlines//EN"]
    assert lines[-1] == "END:VCALENDAR"
    entry = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    parts = dict(line.split(":", 1) for line in entry)
    assert parts["DTSTAMP"] == "20261125T173000Z"
    assert (parts["DTSTART;VALUE=DATE"], parts["DTEND;VALUE=DATE"]) == ("20261231", "20270101")
    assert parts["SUMMARY"] == "C8: answer\\, at the latest 2027-01-04"
    assert parts["DESCRIPTION"].endswith("\\nallegro-privacy case show C8")


def test_the_same_duty_keeps_its_uid_when_its_date_moves_and_two_duties_never_share_one() -> None:
    def uids(*rows: Duty) -> list[str]:
        return [line for line in unfolded(calendar(rows, "The Shop", NOW)) if line.startswith("UID:")]

    assert uids(duty("C8")) == uids(duty("C8", safe=date(2027, 2, 17)))
    assert len({*uids(duty("C8"), duty("C8", Deed.ACKNOWLEDGE), duty("C9"), duty("R9"))}) == 4


def test_an_empty_calendar_is_still_one() -> None:
    assert unfolded(calendar([], "The Shop", NOW))[-1] == "END:VCALENDAR"


def test_neither_the_kind_nor_the_lane_of_a_request_is_told() -> None:
    text = calendar([duty("C8")], "The Shop", NOW)
    assert "deletion" not in text
    assert "child" not in text


def test_a_shop_with_commas_and_line_ends_in_its_name_breaks_nothing() -> None:
    lines = unfolded(calendar([], "Bow, Reed; Sons\\Daughters\r\nEND:VCALENDAR", NOW))
    assert "X-WR-CALNAME:Bow\\, Reed\\; Sons\\\\Daughters\\nEND:VCALENDAR: privacy deadlines" in lines
    assert lines.count("END:VCALENDAR") == 1


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
def test_what_is_folded_has_short_lines_and_unfolds_to_itself(text: str) -> None:
    line = "DESCRIPTION:" + escaped(text)
    raw = folded(line).encode()
    assert all(len(part) <= LONGEST_LINE for part in raw.split(b"\r\n"))
    for part in raw.split(b"\r\n"):
        part.decode()  # never cut inside a character
    assert unfolded(raw.decode()) == [line]
