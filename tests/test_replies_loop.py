"""A reply of this program, come back from anywhere, is never acted on and never answered."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from corpus import judge
from written_replies import SHOWN, languages, shipped

from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Standing, Verdict
from allegro_privacy.core.message import Message, Origin, RawMessage
from allegro_privacy.core.reading import Nature, Reading
from allegro_privacy.core.replies import write
from allegro_privacy.core.reply_mail import Stamp, as_mail
from allegro_privacy.core.reply_to import why_not
from allegro_privacy.workflow.judge import read

LETTERS = shipped()
OTHER_SHOP = Stamp(
    "Another Shop", "desk@othershop.example", datetime(2026, 11, 23, tzinfo=UTC), "<1@othershop.example>"
)
OURS = replace(OTHER_SHOP, shop="Allegro Music Center", sender="customerservice@allegromusiccenter.com")


@pytest.mark.parametrize("code", sorted(languages()))
@pytest.mark.parametrize("case", SHOWN)
def test_our_own_reply_asks_for_nothing_when_it_comes_back(case: str, code: str) -> None:
    message, reading = come_back(case, code, OURS)
    assert (reading.nature, reading.requests, reading.doubts) == (Nature.OWN, (), ())
    assert decide(reading, Standing(), judge().policy).verdict is Verdict.IGNORE
    assert why_not(message, reading, OURS.sender, judge().shop, LETTERS.natures)


@pytest.mark.parametrize("code", sorted(languages()))
@pytest.mark.parametrize("case", SHOWN)
def test_the_reply_of_another_shop_that_uses_this_program_is_not_acted_on_and_not_answered(
    case: str, code: str
) -> None:
    message, reading = come_back(case, code, OTHER_SHOP)
    assert decide(reading, Standing(), judge().policy).verdict is not Verdict.ACCEPT
    assert why_not(message, reading, OTHER_SHOP.sender, judge().shop, LETTERS.natures)


def come_back(case: str, code: str, stamp: Stamp) -> tuple[Message, Reading]:
    template, facts = SHOWN[case]
    draft = write(template, languages()[code], replace(facts, to="customerservice@allegromusiccenter.com"))
    return read(judge(), RawMessage(as_mail(draft, stamp), Origin("eml:", "reply.eml")))
