"""What strangers wrote, made fit for the header fields and the greeting of an answer."""

import re
import unicodedata

LONGEST_SUBJECT = 120
MOST_REFERENCES = 10
_ANSWERED = re.compile(r"^(?:(?:re|rv|fwd?|aw|sv)\s*:\s*)+", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}>")
# A name that greets: words of letters, with what belongs to names. No digits, no addresses, nothing to click.
_GREETABLE = re.compile(r"[^\W\d_]+(?:[.'’ -]{1,2}[^\W\d_]+){0,7}\.?")
_LONGEST_NAME = 60
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """Somebody's words on one line: no control, direction mark or invisible sign is left, blanks are single."""
    kept = (
        "" if unicodedata.category(sign) in _UNSEEN else " " if _ends_a_line(sign) else sign
        for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(kept).split())


def _ends_a_line(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Zs")


def greetable(name: str) -> str:
    """The name as it may stand in a greeting; "" for what is no name: a stranger's "name" may be an advertisement."""
    name = clean(name)
    return name if len(name) <= _LONGEST_NAME and _GREETABLE.fullmatch(name) else ""


def message_id(text: str) -> str:
    """One Message-ID in the form of RFC 5322 3.6.4, "" for anything else."""
    text = text.strip()
    return text if _MESSAGE_ID.fullmatch(text) else ""


def references(theirs: str, answered: str) -> tuple[str, ...]:
    """The thread as RFC 5322 3.6.4 wants it: what they refer to, then their own; a long one keeps its beginning."""
    ids = [*_MESSAGE_ID.findall(theirs), *_MESSAGE_ID.findall(answered)[:1]]
    unique = list(dict.fromkeys(reversed(ids)))[::-1]
    return tuple(unique if len(unique) <= MOST_REFERENCES else [unique[0], *unique[1 - MOST_REFERENCES :]])


def subject(theirs: str, ours: str) -> str:
    """The subject of an answer: theirs, cleaned and not too long; ours when they had none."""
    bare = _ANSWERED.sub("", clean(theirs))
    if not bare:
        return ours
    return "Re: " + (bare if len(bare) <= LONGEST_SUBJECT else bare[: LONGEST_SUBJECT - 1].rstrip() + "…")
