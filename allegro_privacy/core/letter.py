"""One message made ready for judgement: its subject without prefixes, its own words apart from quotes, both folded."""

import re
from dataclasses import dataclass

from allegro_privacy.core.fold import Folded
from allegro_privacy.core.message import Message
from allegro_privacy.core.rule_tables import Sign
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.shop import Shop
from allegro_privacy.core.text import OwnText, separate
from allegro_privacy.core.text_markers import Markers

_PREFIX = re.compile(
    r"\s*(?:(?P<reply>re|aw|sv|antw|res|r|rsp|odp)|(?P<forward>fwd?|rv|wg|tr|enc|reenv|reenviar|i))\s*(?:\[\d+\]|\(\d+\))?\s*:"
    r"|\s*[A-Za-z]{2,6}:(?=\s*re\s*:)|\s*\[(?!no\b)[^\]]{1,40}\]|\s*\*{2,}[^*]{1,20}\*{2,}|\s*\((?:ext|external|fwd)\)",
    re.IGNORECASE,
)
LONGEST_TEXT = 20_000
_LONG = 3_000
_EDGE = 1_200


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, what its writer wrote, and the signs in it.

    text: the words that are judged, folded: the writer's own, or everything when nothing of their own is left
    (`quoted_only`).  replied, forwarded: what the subject's prefixes say.
    """

    message: Message
    own: OwnText
    title: str
    subject: Folded
    text: Folded
    replied: bool
    forwarded: bool
    quoted_only: bool
    signs: tuple[tuple[Sign, str], ...]
    meanings: frozenset[str]

    def has(self, meaning: str) -> bool:
        return meaning in self.meanings

    def quotes(self, meaning: str) -> tuple[str, ...]:
        return tuple(quote for sign, quote in self.signs if sign.means == meaning)


def bare_subject(subject: str) -> tuple[str, bool, bool]:
    """The subject without Re:, Fwd:, [list] and the like, and whether it said reply or forward."""
    position, replied, forwarded = 0, False, False
    while match := _PREFIX.match(subject, position):
        if match.end() == position:
            break
        replied = replied or bool(match["reply"])
        forwarded = forwarded or bool(match["forward"])
        position = match.end()
    return subject[position:].strip(), replied, forwarded


def _edges(text: str) -> str:
    """The beginning and the end of a long text. Letters say what they want early or last; a phrase in the middle of
    an article or a digest is hardly the writer's wish, and looking for it there costs the most."""
    if len(text) <= _LONG:
        return text
    head, tail = text[:_EDGE], text[-_EDGE:]
    return f"{head[: head.rfind(' ')]}\n\n{tail[tail.find(' ') + 1 :]}"


def open_letter(message: Message, rules: Rules, markers: Markers, shop: Shop) -> Letter:
    """Separate, fold and look for signs. Linear; text beyond LONGEST_TEXT characters is not judged."""
    title, replied, forwarded = bare_subject(message.subject)
    own = separate(message.text[:LONGEST_TEXT], markers, shop.footers, message.subject)
    quoted_only = own.greeting_only and (own.has_quote or bool(own.forwarded))
    judged = message.text[:LONGEST_TEXT] if quoted_only else own.own
    subject = rules.fold(title)
    text = rules.fold(_edges(judged))
    signs = [*rules.signs_in(subject, "subject"), *rules.signs_in(text, "text")]
    if own.footer:
        signs += rules.signs_in(rules.fold(own.footer[:3000]), "footer")
    meanings = frozenset(sign.means for sign, _ in signs)
    return Letter(message, own, title, subject, text, replied, forwarded, quoted_only, tuple(signs), meanings)
