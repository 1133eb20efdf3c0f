"""Faults of what is answered: wrong sizes, wrong messages, other clients' doings, new epochs, half-done moves."""

import re
from typing import TYPE_CHECKING

from servers.faults import BODY, CHOOSE, FETCH, MOVE, SIZE, changed, fault, first_literal, literal_of, with_literal
from servers.speech import numbers, ranges, words
from servers.wire import Received

if TYPE_CHECKING:
    from servers.session import Lines, Session


def _asked(session: "Session", command: Received) -> list[int]:
    """The UIDs that a UID command names."""
    return numbers(words(command.words)[2], session.view)


def _about(command: Received, uids: list[int]) -> Received:
    """The same command about other messages."""
    tag, uid, verb, _, rest = command.raw.split(b" ", 4)
    return Received(command.session, b" ".join([tag, uid, verb, ranges(uids), rest]), command.at)


# Sizes and literals

changed("literal-short", "20 bytes fewer come than announced", 38, BODY, lambda a: with_literal(
    a, len(first_literal(a)) + 20, first_literal(a)
))  # fmt: skip
changed("literal-long", "5 bytes announced, the whole message comes", 38, BODY, lambda a: with_literal(
    a, 5, first_literal(a)
))  # fmt: skip
changed("truncated", "the second half is missing, and the announced size says nothing of it", 38, BODY, lambda a: (
    with_literal(a, None, first_literal(a)[: len(first_literal(a)) // 2])
))  # fmt: skip
changed("nil-body", "NIL where a body was asked for", 41, BODY, lambda a: with_literal(a, None, None))
changed("empty-body", "a body of no bytes", 41, BODY, lambda a: with_literal(a, None, b""))
changed("size-small", "every RFC822.SIZE is 10", 39, SIZE, lambda a: re.sub(rb"RFC822.SIZE \d+", b"RFC822.SIZE 10", a))
changed("size-huge", "every RFC822.SIZE is six thousand million", 39, SIZE, lambda a: re.sub(
    rb"RFC822.SIZE \d+", b"RFC822.SIZE 6000000000", a
))  # fmt: skip
changed("size-missing", "no RFC822.SIZE comes", 41, SIZE, lambda a: re.sub(rb" ?RFC822.SIZE \d+", b"", a))


@fault("literal-huge", 39, BODY)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Six thousand million bytes are announced, then silence."""
    answer = b"".join(lines)
    session.wire.say(answer[: literal_of(answer)[0]] + b"{6000000000}\r\n")
    session.wire.stall()


@fault("literal-absurd", 39, BODY)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """More bytes are announced than any machine holds, then silence."""
    answer = b"".join(lines)
    session.wire.say(answer[: literal_of(answer)[0]] + b"{99999999999999999}\r\n")
    session.wire.stall()


# Which message

changed("unknown-uid", "the answer carries UIDs that do not exist", 41, FETCH, lambda a: re.sub(
    rb"UID (\d+)", lambda m: b"UID %d" % (int(m[1]) + 1000), a
))  # fmt: skip
changed("no-uid", "the answer carries no UID", 42, FETCH, lambda a: re.sub(rb"(?<=[( ])UID \d+ ?", b"", a))
changed("one-missing", "one of the messages asked for is not in the answer", 41, FETCH, lambda a: (
    re.sub(rb"\A\* \d+ FETCH \([^{]*?(?:\{(\d+)\}\r\n|\)\r\n)", b"", a)
    if b"{" not in a
    else a[literal_of(a)[2] + 3 :]
))  # fmt: skip


@fault("ok-without-data", 41, FETCH, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """OK, and nothing was done or sent."""
    session.wire.say(b"%s OK done\r\n" % command.tag)


@fault("other-message", 41, BODY, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The answer is about a message that was not asked for, with its own UID."""
    others = [uid for uid in session.view if uid not in _asked(session, command)]
    assert others, "every message was asked for"
    session.wire.say(b"".join(session.answer(_about(command, others[:1]))))


@fault("twice", 41, BODY)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The first message comes twice, the second time with another body."""
    other = with_literal(lines[0], None, b"Subject: another\r\n\r\nnot the same\r\n")
    session.wire.say(b"".join([lines[0], other, *lines[1:]]))


# What other clients do meanwhile


@fault("unsolicited-flags", 41, FETCH)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Flags of a message come unasked, without a UID, between the lines of the answer."""
    session.wire.say(b"".join([*lines[:1], b"* 1 FETCH (FLAGS (\\Seen \\Flagged))\r\n", *lines[1:]]))


@fault("unsolicited-body", 41, FETCH)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """A message that nobody asked for comes along, with a UID and a body."""
    extra = b"* 999 FETCH (UID 99999 FLAGS () BODY[] {26}\r\nSubject: uncalled\r\n\r\nfor\r\n)\r\n"
    session.wire.say(b"".join([extra, *lines]))


@fault("expunged-meanwhile", 45, FETCH)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Another client removes the newest message; an EXPUNGE comes before the answer."""
    folder = session.chosen()
    folder.letters.remove(folder.letters[-1])
    session.wire.say(b"".join([*session.news(), *lines]))


@fault("vanished", 45, FETCH, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Another client removes the first message asked for, just before."""
    folder, gone = session.chosen(), _asked(session, command)[0]
    folder.letters = [one for one in folder.letters if one.uid != gone]
    session.wire.say(b"".join(session.answer(command)))


@fault("arrived-meanwhile", 45, FETCH)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """A new message arrives in between, and is told."""
    folder = session.chosen()
    folder.add(b"From: late@example.com\r\nSubject: late\r\n\r\nlate\r\n", folder.letters[-1].when, ())
    session.wire.say(b"".join([*session.news(), *lines]))


# Epochs


@fault("new-epoch", 44, FETCH, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The folder gets a new UIDVALIDITY with numbers that begin at 1 again, and the line closes (as Dovecot does)."""
    session.server.change_uidvalidity(session.user, session.chosen().name, renumber=True)
    session.wire.close()


@fault("new-epoch-silently", 44, FETCH, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The folder gets a new UIDVALIDITY and new numbers behind the client's back, and the answer is by the new ones."""
    folder = session.chosen()
    folder.letters.reverse()
    session.server.change_uidvalidity(session.user, folder.name, renumber=True)
    session.view = folder.uids
    session.wire.say(b"".join(session.answer(command)))


changed("uidvalidity-missing", "SELECT tells no UIDVALIDITY", 44, CHOOSE, lambda a: re.sub(
    rb"\* OK \[UIDVALIDITY \d+\] epoch\r\n", b"", a
))  # fmt: skip
changed("uidvalidity-zero", "SELECT tells UIDVALIDITY 0", 44, CHOOSE, lambda a: re.sub(
    rb"UIDVALIDITY \d+", b"UIDVALIDITY 0", a
))  # fmt: skip
changed("uidvalidity-other", "SELECT tells another UIDVALIDITY this once", 44, CHOOSE, lambda a: re.sub(
    rb"UIDVALIDITY \d+", b"UIDVALIDITY 4294967295", a
))  # fmt: skip
changed("read-only", "SELECT is answered READ-ONLY", 43, CHOOSE, lambda a: a.replace(b"[READ-WRITE]", b"[READ-ONLY]"))
changed("no-permanent-flags", "no flag is kept", 43, CHOOSE, lambda a: re.sub(
    rb"PERMANENTFLAGS \([^)]*\)", b"PERMANENTFLAGS ()", a
))  # fmt: skip

# Nonsense

changed("garbage-line", "a line of no protocol before the answer", 43, FETCH, lambda a: (
    b"\xff\xfe\x00 what is this\r\n" + a
))  # fmt: skip
changed("nested", "3,000 parentheses, one in another", 43, FETCH, lambda a: (
    b"* 1 FETCH " + b"(" * 3000 + b")" * 3000 + b"\r\n" + a
))  # fmt: skip
changed("long-line", "a line of two million bytes", 43, FETCH, lambda a: b"* OK " + b"a" * 2_000_000 + b"\r\n" + a)
changed("wrong-tag", "the answer ends with a tag that no command had", 43, FETCH, lambda a: re.sub(
    rb"(?m)^(?!\*)(\S+) OK ([^\r]*\r\n)\Z", rb"X\1 OK \2", a
))  # fmt: skip

# Moves

changed("copyuid-missing", "no word of where the copies are", 43, MOVE, lambda a: re.sub(
    rb"\* OK \[COPYUID[^\]]*\][^\r]*\r\n|\[COPYUID[^\]]*\] ", b"", a
))  # fmt: skip
changed("copyuid-bare", "Exchange: the line of COPYUID lacks its '* OK '", 43, r"UID MOVE", lambda a: a.replace(
    b"* OK [COPYUID", b"[COPYUID"
))  # fmt: skip


@fault("move-half", 43, r"UID MOVE", runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Half of the messages are moved, then NO."""
    asked = _asked(session, command)
    done = session.answer(_about(command, asked[: len(asked) // 2]))
    session.wire.say(b"".join(done[:-1]) + b"%s NO [UNAVAILABLE] half of it\r\n" % command.tag)


@fault("target-gone", 43, MOVE, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The target folder is gone."""
    session.wire.say(b"%s NO [TRYCREATE] no such folder\r\n" % command.tag)
