"""Where the second reader is asked (core/reader.py), and what it may say: a doubt, never more."""

import re
from dataclasses import replace

from allegro_privacy.core.asks import Found
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.person import Channel
from allegro_privacy.core.reader import Heard
from allegro_privacy.core.reading import Doubt, Doubtful
from allegro_privacy.core.rule_tables import Rule
from allegro_privacy.core.rules import Hit, Rules

# Log-odds, set where docs/measurements.md says how many wishes are then heard and how much other mail is asked about.
HEARD_IN_MAIL_TO_US = 0.5
HEARD_IN_AN_ANSWER_TO_OUR_MAILING = -0.3
# What was written to others is full of matters that no customer writes about: only a short text that speaks of mail is
# heard.
HEARD_ELSEWHERE = 2.0
_SHORT = 80
_OF_MAIL = re.compile(r" (?:\w*subscri|list|email|mail|newsletter|\w*suscri|lista|correo|baja|boletin)")
UNLIKELY = -0.5
_FOOT = 2_000


def overheard(letter: Letter, rules: Rules, to_us: bool) -> list[Found]:
    """The wish that the rules did not find, if the text sounds like one: a net under the rules' nets."""
    if not _speaks_for_itself(letter) or not (to_us or _may_be_heard_elsewhere(letter)):
        return []
    heard = rules.reader.hear(letter.subject, letter.text)
    return [_as_found(heard)] if _is_loud(heard.strength, letter, rules, to_us) else []


def doubted(found: list[Found], letter: Letter, rules: Rules) -> list[Found]:
    """The same, doubted where a text that holds the words of a request sounds like something else."""
    weighed = [one for one in found if one.clear and one.hit.rule.kind in rules.reader.kinds]
    if not weighed or not _speaks_for_itself(letter) or any(_is_certain(one, letter) for one in weighed):
        return found
    if rules.reader.hear(letter.subject, letter.text).strength >= UNLIKELY:
        return found
    doubt = Doubt.UNLIKELY
    return [
        replace(one, doubts=(*one.doubts, Doubtful(doubt, one.hit.quote))) if one in weighed else one for one in found
    ]


def _speaks_for_itself(letter: Letter) -> bool:
    if not letter.text.tokens:
        return bool(letter.subject.tokens) and not letter.replied and not letter.message.attachments
    return not letter.quoted_only and not letter.own.greeting_only


def sounds_like_one(letter: Letter, rules: Rules) -> bool:
    """Does a short text that was written to others sound like a wish?"""
    if letter.quoted_only or not _may_be_heard_elsewhere(letter):
        return False
    return rules.reader.hear(letter.subject, letter.text).strength > HEARD_ELSEWHERE


def _may_be_heard_elsewhere(letter: Letter) -> bool:
    of_mail = _OF_MAIL.search(letter.text.text) or _OF_MAIL.search(letter.subject.text)
    return of_mail is not None and len(letter.text.tokens) <= _SHORT


def _is_loud(strength: float, letter: Letter, rules: Rules, to_us: bool) -> bool:
    if not to_us:
        return strength > HEARD_ELSEWHERE
    if strength > HEARD_IN_MAIL_TO_US:
        return True
    return strength > HEARD_IN_AN_ANSWER_TO_OUR_MAILING and _answers_mailing(letter, rules)


def _answers_mailing(letter: Letter, rules: Rules) -> bool:
    """Does a mailing stand below? "Make this stop" speaks of it."""
    own = letter.own
    below = "\n".join([own.quoted, *(forwarded.text for forwarded in own.forwarded)])[-_FOOT:]
    return any(sign.means == "marketing" for sign, _ in rules.signs_in(rules.fold(below), "footer")) if below else False


def _is_certain(found: Found, letter: Letter) -> bool:
    """A bare command that is all there is needs no second opinion."""
    return found.hit.rule.tier == "whole" and (found.where == "text" or len(letter.text.tokens) < 4)


def _as_found(heard: Heard) -> Found:
    doubt = Doubt.SOUNDS_LIKE
    rule = Rule(
        id=f"reader.{heard.kind}",
        kind=heard.kind,
        channels=(Channel.EMAIL,) if heard.kind == "opt-out" else (),
        tier="phrase",
        level=None,
        doubts=(doubt,),
        notes=(),
        needs="",
        language="",
    )
    return Found(Hit(rule, 0, 0, heard.quote), "text", (Doubtful(doubt, heard.quote),))
