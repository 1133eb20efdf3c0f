"""Which planned mailings a suppression came too late for, and the day from which silence is certain."""

from dataclasses import replace
from datetime import date

import pytest

from allegro_privacy.core.drops import Drop, Outlook, Stop, outlook
from allegro_privacy.core.person import Channel


def on(day: int) -> date:
    """A day of November 2026."""
    return date(2026, 11, day)


TODAY = on(20)
STOP = Stop(Channel.POST, event=100, since=on(16))
CUT_ON_THE_13TH = Drop(1, "winter circular", Channel.POST, "acme", on(13), on(22), on(24))
EARLY = replace(CUT_ON_THE_13TH, file_cut=on(1), in_home=on(3))
CUT_ON_THE_18TH = replace(CUT_ON_THE_13TH, file_cut=on(18))
CUT_ON_THE_25TH = replace(CUT_ON_THE_13TH, file_cut=on(25), in_home=on(28), in_home_until=on(28))

TOO_LATE: dict[str, tuple[Drop, bool]] = {
    "its file was cut before they asked": (CUT_ON_THE_13TH, True),
    "its file was cut on the very day": (replace(CUT_ON_THE_13TH, file_cut=on(16)), True),
    "its file was cut after they asked, and nothing says with which list": (CUT_ON_THE_18TH, False),
    "the recipient was sent no list since they asked": (replace(CUT_ON_THE_18TH, as_of=99), True),
    "the recipient was sent a list with them before the cut": (replace(CUT_ON_THE_18TH, as_of=100), False),
    "that list held them out, as unfit for its layout": (
        replace(CUT_ON_THE_18TH, as_of=120, held=frozenset({100})),
        True,
    ),
    "the list that was applied is older": (replace(CUT_ON_THE_18TH, export=50, as_of=49), True),
    "the list that was applied holds them, however early the cut": (
        replace(CUT_ON_THE_13TH, export=110, as_of=109),
        False,
    ),
    "its cut lies ahead, and a new list can still be sent": (replace(CUT_ON_THE_25TH, as_of=99), False),
    "its cut lies ahead, but the older list is what will be applied": (
        replace(CUT_ON_THE_25TH, export=50, as_of=49),
        True,
    ),
    "it was cancelled": (replace(CUT_ON_THE_13TH, cancelled=True), False),
    "it goes out by e-mail, and they asked about the post": (replace(CUT_ON_THE_13TH, channel=Channel.EMAIL), False),
    "it was over before they asked": (replace(EARLY, in_home_until=on(8)), False),
    "it was in the mail when they asked": (replace(EARLY, in_home_until=on(9)), True),
}  # fmt: skip


@pytest.mark.parametrize(("drop", "late"), TOO_LATE.values(), ids=list(TOO_LATE))
def test_a_mailing_may_reach_somebody_who_asked_too_late_for_it(drop: Drop, late: bool) -> None:
    assert bool(outlook([STOP], [drop], TODAY).late) is late


SILENCE: dict[str, tuple[tuple[Drop, ...], date | None]] = {
    "nothing is under way": ((CUT_ON_THE_25TH,), None),
    "post: a week after the last day on which it is planned": ((CUT_ON_THE_13TH,), date(2026, 12, 2)),
    "the later of two": (
        (CUT_ON_THE_13TH, replace(CUT_ON_THE_13TH, in_home=on(26), in_home_until=on(30))),
        date(2026, 12, 8),
    ),
}


@pytest.mark.parametrize(("drops", "day"), SILENCE.values(), ids=list(SILENCE))
def test_the_day_from_which_silence_is_certain(drops: tuple[Drop, ...], day: date | None) -> None:
    assert outlook([STOP], drops, TODAY).silent_from == day


def test_an_e_mail_may_go_out_a_day_later_than_planned() -> None:
    newsletter = Drop(2, "Sunday letter", Channel.EMAIL, "acme", on(16), on(22), on(22))
    assert outlook([Stop(Channel.EMAIL, 100, on(16))], [newsletter], TODAY).silent_from == on(24)


def test_what_is_over_is_told_apart_from_what_is_ahead() -> None:
    found = outlook([STOP], [CUT_ON_THE_13TH, CUT_ON_THE_25TH], TODAY)
    assert found.ahead(on(30)) == (CUT_ON_THE_13TH,)
    assert found.ahead(date(2026, 12, 2)) == ()
    assert Outlook().ahead(TODAY) == ()
