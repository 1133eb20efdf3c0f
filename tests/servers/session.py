"""One client's conversation with the scripted server, correct unless a fault is planned for a command."""

import base64
import fnmatch
import re
from typing import TYPE_CHECKING

from imapclient.imap_utf7 import decode as from_utf7
from imapclient.imap_utf7 import encode as to_utf7

from servers import answers, entering
from servers.drawers import Deed, Folder
from servers.promise import NOON
from servers.speech import Nonsense, Word, moment, numbers, string, text, words
from servers.wire import Gone, Received, Wire

if TYPE_CHECKING:
    from servers.faulty import Faulty

Lines = list[bytes]


class No(Exception):  # noqa: N818 - a word of the trade
    """The server refuses: the words after NO."""


class Session:
    """Handles one connection until it ends."""

    def __init__(self, server: "Faulty", wire: Wire, number: int) -> None:
        self.server, self.wire, self.number = server, wire, number
        self.user = ""
        self.folder: Folder | None = None
        self.readonly = False
        self.view: list[int] = []
        self.encrypted = server.options.tls == "implicit"
        self.idle = False

    def run(self) -> None:
        try:
            if self.encrypted:
                self.wire.encrypt(self.server.tls_context())
            self._greet()
            while not self.wire.closing.is_set():
                self._obey(self.wire.command())
        except Gone:
            pass
        except Exception as error:  # noqa: BLE001 - a fault in the server itself must fail the test
            self.server.broken.append(error)
        finally:
            self.wire.forget()

    def _greet(self) -> None:
        lines = [b"* OK [CAPABILITY %s] at your service\r\n" % self.capability()]
        fault = self.server.fault_for(b"GREETING")
        if fault is None:
            self.wire.say(b"".join(lines))
        else:
            fault.play(self, Received(self.number, b"* GREETING\r\n", self.wire.due), lines)

    def _obey(self, raw: bytes) -> None:
        command = Received(self.number, raw, self.wire.due - self.wire.delay)
        self.server.received.append(command)
        fault = self.server.fault_for(command.words)
        if fault is not None and not fault.runs:
            fault.play(self, command, [])
            return
        lines = self.answer(command)
        if fault is not None:
            fault.play(self, command, lines)
        else:
            self.wire.say(b"".join(lines))
        if re.match(rb"LOGOUT\b", command.words, re.IGNORECASE):
            self.wire.close()
        if re.match(rb"STARTTLS\b", command.words, re.IGNORECASE) and lines[-1].startswith(command.tag + b" OK"):
            self.wire.flush()
            self.wire.encrypt(self.server.tls_context())
            self.encrypted = True

    def answer(self, command: Received) -> Lines:
        """Do what the command says; the lines of the answer, the tagged one last."""
        tag = command.tag
        try:
            _, name, *rest = words(command.raw.removesuffix(b"\n").removesuffix(b"\r"))
            verb = text(name).upper().decode("ascii", "replace")
            by_uid = verb == "UID"
            if by_uid and rest:
                verb = text(rest.pop(0)).upper().decode("ascii", "replace")
            act = getattr(self, f"do_{verb.lower()}", None)
            if act is None or verb in self.server.options.without or (by_uid and verb not in answers.BY_UID):
                return [b"%s BAD unknown command\r\n" % tag]
            with self.server.lock:
                lines: Lines = act(rest, by_uid) if verb in answers.BY_UID else act(rest)
                done = lines.pop() if lines and lines[-1].startswith(b"[") else b"done"
                if verb not in {"FETCH", "STORE", "SEARCH"} or by_uid:
                    lines += self.news()
        except No as refusal:
            return [b"%s NO %s\r\n" % (tag, str(refusal).encode())]
        except (Nonsense, ValueError, LookupError, TypeError) as error:
            return [b"%s BAD %s\r\n" % (tag, ascii(str(error)).encode())]
        return [*lines, b"%s OK %s\r\n" % (tag, done)]

    def news(self) -> Lines:
        """What changed in the chosen folder since the client was last told."""
        if self.folder is None:
            return []
        lines, present = [], self.folder.uids
        still = set(present)
        for index in range(len(self.view) - 1, -1, -1):
            if self.view[index] not in still:
                lines.append(b"* %d EXPUNGE\r\n" % (index + 1))
                del self.view[index]
        if self.view != present:
            self.view = present
            lines.append(b"* %d EXISTS\r\n" % len(present))
        return lines

    def capability(self) -> bytes:
        return entering.capability(self.server.options, entered=bool(self.user), encrypted=self.encrypted)

    # Any time

    def do_capability(self, _: list[Word]) -> Lines:
        return [b"* CAPABILITY %s\r\n" % self.capability()]

    def do_noop(self, _: list[Word]) -> Lines:
        return []

    do_check = do_subscribe = do_noop

    def do_id(self, _: list[Word]) -> Lines:
        return [b'* ID ("name" "scripted")\r\n']

    def do_logout(self, _: list[Word]) -> Lines:
        return [b"* BYE until next time\r\n"]

    def do_starttls(self, _: list[Word]) -> Lines:
        if self.server.options.tls != "starttls" or self.encrypted:
            raise Nonsense("no TLS here")
        return []

    def do_enable(self, rest: list[Word]) -> Lines:
        return [b"* ENABLED\r\n"] if rest else []

    # Who it is

    def do_login(self, rest: list[Word]) -> Lines:
        user, password = text(rest[0]).decode(), text(rest[1]).decode()
        return self.enter(user, self.server.passwords.get(user) == password)

    def do_authenticate(self, rest: list[Word]) -> Lines:
        mechanism = text(rest[0]).upper()
        if mechanism not in entering.MECHANISMS:
            raise No("[CANNOT] unknown mechanism")
        if len(rest) == 1:
            self.wire.say(b"+ \r\n")
        secret = base64.b64decode(text(rest[1]) if len(rest) > 1 else self.heard().strip())
        user, good = entering.judged(self.server, mechanism, secret)
        if mechanism != b"PLAIN" and not good:
            self.wire.say(entering.REASON)
            self.heard()
        return self.enter(user, good)

    def enter(self, user: str, good: bool) -> Lines:
        if not (self.server.options.plain_login or self.encrypted):
            raise No("[PRIVACYREQUIRED] not without TLS")
        if not good:
            raise No("[AUTHENTICATIONFAILED] wrong name or password")
        self.user = user
        return [b"[CAPABILITY %s] welcome" % self.capability()]

    # Folders

    def named(self, word: Word) -> str:
        name = from_utf7(text(word))
        return "INBOX" if name.upper() == "INBOX" else name

    def box(self) -> dict[str, Folder]:
        if not self.user:
            raise Nonsense("log in first")
        return self.server.boxes[self.user]

    def chosen(self, *, to_change: bool = False) -> Folder:
        if self.folder is None:
            raise Nonsense("choose a folder first")
        if to_change and self.readonly:
            raise No("[READ-ONLY] the folder was opened for reading")
        return self.folder

    def target(self, word: Word) -> Folder:
        found = self.box().get(self.named(word))
        if found is None:
            raise No("[TRYCREATE] no such folder")
        return found

    def do_select(self, rest: list[Word], readonly: bool = False) -> Lines:
        self.folder, box = None, self.box()
        if self.named(rest[0]) not in box:
            raise No("[NONEXISTENT] no such folder")
        self.folder, self.readonly = box[self.named(rest[0])], readonly
        self.view = self.folder.uids
        return answers.selected(self.folder, readonly, self.server.options.keywords)

    def do_examine(self, rest: list[Word]) -> Lines:
        return self.do_select(rest, readonly=True)

    def do_unselect(self, _: list[Word]) -> Lines:
        self.folder = None
        return []

    def do_close(self, _: list[Word]) -> Lines:
        if not self.readonly:
            self._remove(None)
        return self.do_unselect([])

    def do_list(self, rest: list[Word]) -> Lines:
        pattern = from_utf7(text(rest[-1])).replace("%", "*").replace("[", "[[]")
        names = [name for name in sorted(self.box()) if fnmatch.fnmatchcase(name, pattern)]
        return [b'* LIST (\\HasNoChildren) "/" %s\r\n' % string(to_utf7(name)) for name in names]

    def do_namespace(self, _: list[Word]) -> Lines:
        return [b'* NAMESPACE (("" "/")) NIL NIL\r\n']

    def do_create(self, rest: list[Word]) -> Lines:
        name = self.named(rest[0])
        if name in self.box():
            raise No("[ALREADYEXISTS] it is there")
        self.server.create(self.user, name)
        self.did("create", 0, name)
        return []

    def do_status(self, rest: list[Word]) -> Lines:
        return answers.status(self.target(rest[0]), rest[0], rest[1])

    def do_append(self, rest: list[Word]) -> Lines:
        folder = self.target(rest[0])
        flags = next((word for word in rest[1:-1] if isinstance(word, list)), [])
        when = next((moment(word) for word in rest[1:-1] if not isinstance(word, list)), NOON)
        new = folder.add(text(rest[-1]), when, [text(flag).decode() for flag in flags])
        self.did("append", new.uid, folder.name)
        return [b"[APPENDUID %d %d] stored" % (folder.uidvalidity, new.uid)]

    # Messages

    def picked(self, word: Word, by_uid: bool) -> list[int]:
        """UIDs of those that a set names, as this client sees the folder."""
        self.chosen()
        if by_uid:
            return numbers(word, self.view)
        return [self.view[number - 1] for number in numbers(word, list(range(1, len(self.view) + 1)))]

    def did(self, verb: str, uid: int, detail: str = "") -> None:
        folder = self.folder.name if self.folder and verb not in {"append", "create"} else detail
        self.server.deeds.append(Deed(verb, self.user, folder, uid, detail))

    def do_search(self, rest: list[Word], by_uid: bool) -> Lines:
        return answers.searched(self, rest, by_uid)

    def do_fetch(self, rest: list[Word], by_uid: bool) -> Lines:
        return answers.fetched(self, self.picked(rest[0], by_uid), rest[1:], by_uid)

    def do_store(self, rest: list[Word], by_uid: bool) -> Lines:
        self.chosen(to_change=True)
        return answers.stored(self, self.picked(rest[0], by_uid), rest[1:], by_uid)

    def do_copy(self, rest: list[Word], by_uid: bool) -> Lines:
        return answers.copied(self, self.picked(rest[0], by_uid), self.target(rest[1]), move=False)

    def do_move(self, rest: list[Word], by_uid: bool) -> Lines:
        self.chosen(to_change=True)
        return answers.copied(self, self.picked(rest[0], by_uid), self.target(rest[1]), move=True)

    def do_expunge(self, rest: list[Word], by_uid: bool) -> Lines:
        if by_uid and "UIDPLUS" in self.server.options.without:
            raise Nonsense("UID EXPUNGE is unknown here")
        self.chosen(to_change=True)
        self._remove(self.picked(rest[0], True) if by_uid else None)
        return self.news()

    def _remove(self, uids: list[int] | None) -> None:
        folder = self.chosen()
        for one in [one for one in folder.letters if "\\Deleted" in one.flags and (uids is None or one.uid in uids)]:
            folder.letters.remove(one)
            self.did("expunge", one.uid)

    def do_idle(self, _: list[Word]) -> Lines:
        self.wire.say(b"+ idling\r\n")
        self.idle = True
        self.heard()
        self.idle = False
        return self.news()

    def heard(self) -> bytes:
        """A line that is no command, waited for while others go on."""
        self.server.lock.release()
        try:
            line = self.wire.text_line()
        finally:
            self.server.lock.acquire()
        self.server.received.append(Received(self.number, line, self.wire.due))
        return line

    def push(self) -> None:
        """Tell an idling client the news."""
        with self.server.lock:
            if self.idle and self.server.options.idle_tells:
                self.wire.say(b"".join(self.news()))
