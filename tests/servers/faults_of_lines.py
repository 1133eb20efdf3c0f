"""Faults of the line and of entering: closed, silent, slow; greetings, TLS, logins."""

from typing import TYPE_CHECKING

from servers.faults import ANYTHING, BODY, CHOOSE, ENTER, FETCH, GREETING, MOVE, fault, halfway, refusal
from servers.wire import Received

if TYPE_CHECKING:
    from servers.session import Lines, Session


@fault("close-before", 37, ANYTHING, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The line closes when the command arrives; it has no effect."""
    session.wire.close()


@fault("reset-before", 37, ANYTHING, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The line breaks (RST) when the command arrives; it has no effect."""
    session.wire.reset()


@fault("close-after", 37, ANYTHING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The command has its effect, the line closes without a word of answer."""
    session.wire.close()


@fault("close-before-tag", 37)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """All lines of the answer come but the last, then the line closes."""
    session.wire.say(b"".join(lines[:-1]))
    session.wire.close()


@fault("close-mid-line", 37)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The first line of the answer is cut after ten bytes."""
    session.wire.say(b"".join(lines)[:10])
    session.wire.close()


@fault("close-mid-literal", 37, BODY)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Half of a literal comes, then the line closes."""
    session.wire.say(halfway(b"".join(lines)))
    session.wire.close()


@fault("bye-mid-literal", 37, BODY)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Half of a literal comes, then a BYE where its other half belongs, then the line closes."""
    session.wire.say(halfway(b"".join(lines)) + b"\r\n* BYE shutting down\r\n")
    session.wire.close()


@fault("bye-before", 37, ANYTHING, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """BYE instead of an answer; the command has no effect."""
    session.wire.say(b"* BYE [UNAVAILABLE] shutting down\r\n")
    session.wire.close()


@fault("bye-after", 37, ANYTHING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The command has its effect, BYE instead of an answer."""
    session.wire.say(b"* BYE idle for too long\r\n")
    session.wire.close()


@fault("stall-before", 39, ANYTHING, runs=False)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """No answer, no effect, an open line, for ever."""
    session.wire.stall()


@fault("stall-after", 39, ANYTHING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The command has its effect, but no answer ever comes."""
    session.wire.stall()


@fault("stall-mid-literal", 39, BODY)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Half of a literal comes, then nothing, for ever."""
    session.wire.say(halfway(b"".join(lines)))
    session.wire.stall()


@fault("trickle", 40, ANYTHING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The right answer, one byte at a time, `drip` seconds between."""
    session.wire.trickle(b"".join(lines), session.server.options.drip)


@fault("greeting-trickle", 40, GREETING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The greeting, one byte at a time."""
    session.wire.trickle(b"".join(lines), session.server.options.drip)


@fault("greeting-silent", 39, GREETING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Connected, and not a word."""
    session.wire.stall()


@fault("greeting-close", 37, GREETING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Connected, and closed at once."""
    session.wire.close()


@fault("greeting-bye", 37, GREETING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Too many connections: BYE as the greeting."""
    session.wire.say(b"* BYE [UNAVAILABLE] too many connections\r\n")
    session.wire.close()


@fault("greeting-garbage", 43, GREETING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Another protocol answers at this port."""
    session.wire.say(b"220 mail.example ESMTP ready\r\n")


@fault("preauth", 47, GREETING)
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """The greeting says that we are logged in already, so that no TLS is asked for."""
    session.user = next(iter(session.server.passwords))
    session.wire.say(b"* PREAUTH [CAPABILITY %s] welcome\r\n" % session.capability())


@fault("starttls-injection", 47, "STARTTLS")
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Capabilities in clear behind the OK of STARTTLS, as somebody on the line would put them there."""
    session.wire.say(b"".join(lines) + b"* CAPABILITY IMAP4rev1 INJECTED AUTH=PLAIN\r\n")


@fault("starttls-stripped", 47, r"GREETING|CAPABILITY")
def _(session: "Session", command: Received, lines: "Lines") -> None:
    """Somebody on the line removes STARTTLS from what the server can do; plan it for each (nth=0)."""
    session.wire.say(b"".join(lines).replace(b" STARTTLS", b""))


refusal("starttls-refused", "BAD STARTTLS is unknown", 47, "STARTTLS")
refusal("login-refused", "NO [AUTHENTICATIONFAILED] invalid credentials", 43, ENTER)
refusal("login-unavailable", "NO [UNAVAILABLE] temporary authentication failure", 43, ENTER)
refusal("login-expired", "NO [EXPIRED] the password has expired", 43, ENTER)
refusal("login-privacyrequired", "NO [PRIVACYREQUIRED] not without TLS", 47, ENTER)
refusal("login-limit", "NO [LIMIT] too many simultaneous connections", 43, ENTER)
refusal("login-alert", "NO [ALERT] application-specific password required", 43, ENTER)
refusal("not-connected", "BAD User is authenticated but not connected.", 43, CHOOSE)
refusal("no", "NO it did not work", at=FETCH)
refusal("bad", "BAD what is that?", at=FETCH)
refusal("unavailable", "NO [UNAVAILABLE] the backend is down", at=ANYTHING)
refusal("inuse", "NO [INUSE] the mailbox is locked", at=CHOOSE)
refusal("overquota", "NO [OVERQUOTA] the mailbox is full", at=MOVE)
refusal("limit", "NO [LIMIT] too many commands", at=FETCH)
refusal("serverbug", "NO [SERVERBUG] internal error occurred", at=FETCH)
refusal("no-after", "NO something went wrong", at=MOVE, runs=True)
