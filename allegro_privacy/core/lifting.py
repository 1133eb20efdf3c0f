"""Which suppressions are never lifted, and why: those that stand for somebody who cannot take them back by a letter."""

from collections.abc import Iterable

from allegro_privacy.core.message import Via
from allegro_privacy.core.reading import Doubt, Nature, Note

COMPLAINT, CHILD, DECEASED, LEGAL = "complaint", "child", "deceased", "legal"
WHY_NEVER = {
    COMPLAINT: "It came from a complaint to the mail provider: who called our mail spam is not written to again.",
    CHILD: "It protects a child (16 CFR 312.6): nobody may start marketing to a child again.",
    DECEASED: "It is about somebody who has died: nobody can speak for them.",
    LEGAL: "It follows from a lawyer's letter or an authority's order (39 USC 3008): it is never released.",
}
_NOTES = {Note.DECEASED: DECEASED, Note.A_CHILD: CHILD, Note.LEGAL_ORDER: LEGAL}
_DOUBTS = {Doubt.CHILD: CHILD, Doubt.MINOR: CHILD, Doubt.BEREAVEMENT: DECEASED, Doubt.LEGAL: LEGAL}


def never_lifted(kind: str, via: str, nature: str, doubts: Iterable[str], notes: Iterable[str]) -> str:
    """Why a suppression is never lifted (a key of WHY_NEVER); "" when the customer may take it back.

    kind: of the request that it follows from.  via, nature: of the message.  doubts, notes: of the request and of its
    message, by name."""
    if nature == Nature.FEEDBACK_REPORT or via == Via.FEEDBACK:
        return COMPLAINT
    if kind == "child-removal":
        return CHILD
    if noted := next((_NOTES[Note(note)] for note in notes if note in _NOTES), ""):
        return noted
    return next((_DOUBTS[Doubt(doubt)] for doubt in doubts if doubt in _DOUBTS), "")
