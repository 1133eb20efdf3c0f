"""What a correct server answers about folders and messages; the changes that commands make."""

import re
from typing import TYPE_CHECKING

from servers.drawers import Folder, Letter
from servers.speech import Nonsense, Word, internal, literal, numbers, ranges, string, text
from servers.structure import bodystructure, part_of, section

if TYPE_CHECKING:
    from servers.session import Lines, Session

BY_UID = {"FETCH", "STORE", "COPY", "MOVE", "SEARCH", "EXPUNGE"}
SYSTEM = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")
_MACROS = {
    b"FAST": [b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE"],
    b"ALL": [b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE"],
}


def _flags(found: set[str]) -> bytes:
    return b"FLAGS (%s)" % " ".join(sorted(found)).encode()


def selected(folder: Folder, readonly: bool, keywords: bool) -> "Lines":
    """The lines after SELECT or EXAMINE."""
    used = sorted({flag for one in folder.letters for flag in one.flags} - set(SYSTEM))
    known = " ".join([*SYSTEM, *used]).encode()
    permanent = b"" if readonly else known + (b" \\*" if keywords else b"")
    return [
        b"* FLAGS (%s)\r\n" % known,
        b"* OK [PERMANENTFLAGS (%s)] kept\r\n" % permanent,
        b"* %d EXISTS\r\n" % len(folder.letters),
        b"* 0 RECENT\r\n",
        b"* OK [UIDVALIDITY %d] epoch\r\n" % folder.uidvalidity,
        b"* OK [UIDNEXT %d] next\r\n" % folder.uidnext,
        b"[READ-ONLY] chosen" if readonly else b"[READ-WRITE] chosen",
    ]


def status(folder: Folder, name: Word, wanted: Word) -> "Lines":
    """The line after STATUS."""
    facts = {
        b"MESSAGES": len(folder.letters),
        b"RECENT": 0,
        b"UIDNEXT": folder.uidnext,
        b"UIDVALIDITY": folder.uidvalidity,
        b"UNSEEN": sum("\\Seen" not in one.flags for one in folder.letters),
    }
    asked = [text(word).upper() for word in wanted if isinstance(word, bytes)] if isinstance(wanted, list) else []
    pairs = b" ".join(b"%s %d" % (fact, facts[fact]) for fact in asked if fact in facts)
    return [b"* STATUS %s (%s)\r\n" % (string(text(name)), pairs)]


def fetched(session: "Session", uids: list[int], rest: list[Word], by_uid: bool) -> "Lines":
    """One FETCH line for each message that is still there."""
    wanted = rest[0] if isinstance(rest[0], list) else _MACROS.get(text(rest[0]).upper(), [rest[0]])
    items = [text(word) for word in wanted]
    if by_uid and b"UID" not in [item.upper() for item in items]:
        items.insert(0, b"UID")
    letters = {one.uid: one for one in session.chosen().letters}
    places = {uid: number for number, uid in enumerate(session.view, 1)}
    lines = []
    for uid in uids:
        if uid in letters:
            facts = [_item(session, letters[uid], item) for item in items]
            lines.append(b"* %d FETCH (%s)\r\n" % (places[uid], b" ".join(facts)))
    return lines


def _item(session: "Session", letter: Letter, item: bytes) -> bytes:
    match item.upper():
        case b"UID":
            return b"UID %d" % letter.uid
        case b"FLAGS":
            return _flags(letter.flags)
        case b"INTERNALDATE":
            return b"INTERNALDATE " + internal(letter.when)
        case b"RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(letter.raw)
        case b"BODYSTRUCTURE" | b"BODY":
            return item.upper() + b" " + bodystructure(part_of(letter.raw))
        case b"RFC822.HEADER":
            return b"RFC822.HEADER " + literal(section(letter.raw, "HEADER") or b"")
        case b"RFC822":
            return b"RFC822 " + literal(letter.raw) + _seen(session, letter)
    found = re.fullmatch(rb"(?i)BODY(\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", item)
    if not found:
        raise Nonsense(f"cannot fetch {item!r}")
    value = section(letter.raw, found[2].decode("ascii", "replace"))
    name = b"BODY[%s]" % found[2]
    if found[3] is not None:
        start = int(found[3])
        name += b"<%d>" % start
        value = None if value is None else value[start : start + int(found[4])]
    told = name + b" " + (b"NIL" if value is None else literal(value))
    return told if found[1] else told + _seen(session, letter)


def _seen(session: "Session", letter: Letter) -> bytes:
    """Reading without PEEK marks as read."""
    if session.readonly or "\\Seen" in letter.flags:
        return b""
    letter.flags.add("\\Seen")
    session.did("flag", letter.uid, "\\Seen")
    return b" " + _flags(letter.flags)


def stored(session: "Session", uids: list[int], rest: list[Word], by_uid: bool) -> "Lines":
    """Flags set, added or taken; keywords are dropped without a word where the server keeps none."""
    how = text(rest[0]).upper()
    given = rest[1] if isinstance(rest[1], list) else rest[1:]
    flags = {text(word).decode("ascii", "replace") for word in given}
    kept = flags if session.server.options.keywords else flags & set(SYSTEM)
    lines, wanted = [], set(uids)
    places = {uid: number for number, uid in enumerate(session.view, 1)}
    for letter in [one for one in session.chosen().letters if one.uid in wanted]:
        before = set(letter.flags)
        letter.flags = {43: before | kept, 45: before - kept}.get(how[0], kept)
        for flag in sorted(letter.flags - before):
            session.did("flag", letter.uid, flag)
        for flag in sorted(before - letter.flags):
            session.did("unflag", letter.uid, flag)
        uid = b"UID %d " % letter.uid if by_uid else b""
        lines.append(b"* %d FETCH (%s%s)\r\n" % (places[letter.uid], uid, _flags(letter.flags)))
    return [] if how.endswith(b".SILENT") else lines


def copied(session: "Session", uids: list[int], target: Folder, *, move: bool) -> "Lines":
    """Copies in the target; with `move` the originals go."""
    folder, wanted = session.chosen(), set(uids)
    pairs = []
    for letter in [one for one in folder.letters if one.uid in wanted]:
        new = target.add(letter.raw, letter.when, letter.flags)
        pairs.append((letter.uid, new.uid))
        session.did("move" if move else "copy", letter.uid, target.name)
    if move:
        folder.letters = [one for one in folder.letters if one.uid not in wanted]
    if not pairs:
        return [b"[NOOP] no such message"] if not move else []
    old, fresh = ([pair[side] for pair in pairs] for side in (0, 1))
    code = b"[COPYUID %d %s %s]" % (target.uidvalidity, ranges(old), ranges(fresh))
    if "UIDPLUS" in session.server.options.without:
        return session.news() if move else []
    return [b"* OK %s moved\r\n" % code, *session.news()] if move else [code + b" copied"]


def searched(session: "Session", rest: list[Word], by_uid: bool) -> "Lines":
    """The numbers of those that fit every criterion."""
    left = list(rest)
    if left and text(left[0]).upper() == b"CHARSET":
        left = left[2:]
    fits = set(session.view)
    while left:
        fits &= _fitting(session, left)
    found = [uid if by_uid else number for number, uid in enumerate(session.view, 1) if uid in fits]
    return [b"* SEARCH%s\r\n" % b"".join(b" %d" % number for number in found)]


def _fitting(session: "Session", left: list[Word]) -> set[int]:
    letters, word = session.chosen().letters, left.pop(0)
    if isinstance(word, list):
        inner = list(word)
        fits = set(session.view)
        while inner:
            fits &= _fitting(session, inner)
        return fits
    name = word.upper()
    plain = name.removeprefix(b"UN")
    if plain.capitalize() in {b"Seen", b"Deleted", b"Answered", b"Flagged", b"Draft"}:
        flag = "\\" + plain.decode().capitalize()
        return {one.uid for one in letters if (flag in one.flags) is (plain == name)}
    match name:
        case b"ALL":
            return set(session.view)
        case b"NOT":
            return set(session.view) - _fitting(session, left)
        case b"UID":
            return set(numbers(left.pop(0), session.view))
        case b"KEYWORD" | b"UNKEYWORD":
            flag = text(left.pop(0)).decode()
            return {one.uid for one in letters if (flag in one.flags) is (name == b"KEYWORD")}
        case b"LARGER" | b"SMALLER":
            bound = int(text(left.pop(0)))
            return {one.uid for one in letters if (len(one.raw) > bound) is (name == b"LARGER")}
        case b"HEADER":
            field, value = text(left.pop(0)).decode(), text(left.pop(0)).lower()
            headers = {one.uid: section(one.raw, f"HEADER.FIELDS ({field})") or b"" for one in letters}
            return {uid for uid, header in headers.items() if value in header.lower()}
    return set(session.picked(word, by_uid=False))
