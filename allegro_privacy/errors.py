"""What can go wrong, in a form that a person can act on: what happened, why, and how to mend it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of the command line, a contract (docs/cli.md)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    FOUND = 4
    TEMPORARY = 75
    INTERRUPTED = 130


class PrivacyError(Exception):
    """A failure that a person can act on.

    what: what happened, one sentence.  why: the cause, as far as it is known.  fix: the command or step that mends it.
    Never holds a message body, a password or a stranger's address: errors are logged.
    """

    exit_code: ExitCode = ExitCode.FAILED
    code: str = "failed"

    def __init__(self, what: str, why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix


class UsageError(PrivacyError):
    """The call or the configuration is wrong; nothing was done."""

    exit_code = ExitCode.USAGE
    code = "usage"


class ConfigError(UsageError):
    """The configuration cannot be used; `why` lists every problem with file, section and key."""

    code = "configuration"


class MissingExtraError(UsageError):
    """A package that only some need is not installed; `extra` is what brings it."""

    code = "missing-extra"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, "It is not installed here.", f"pip install 'allegro-privacy[{extra}]'")


class AnsweredError(PrivacyError):
    """Somebody else decided this already, or took their decision back: it is not decided twice.

    by: who did it.  at: when, in UTC as it is stored; the edge tells it in the office's time zone."""

    code = "answered"

    def __init__(self, what: str, by: str, at: str, fix: str) -> None:
        super().__init__(what, f"{by} did that at {at}.", fix)
        self.by = by
        self.at = at


class GuardError(PrivacyError):
    """A guard refused to let something leave; `fix` names the one option that overrides it."""

    exit_code = ExitCode.FOUND
    code = "guard"


class DeliveryError(PrivacyError):
    """A list that left is not confirmed to have arrived; it will be tried again."""

    exit_code = ExitCode.PARTLY
    code = "delivery"


class DatabaseError(PrivacyError):
    """The database is missing, damaged, newer than the program, read-only or out of space."""

    code = "database"


class BusyError(PrivacyError):
    """Somebody else holds what we need; trying again later is right."""

    exit_code = ExitCode.TEMPORARY
    code = "busy"


class SourceError(PrivacyError):
    """A source of messages cannot be read at all."""

    exit_code = ExitCode.PARTLY
    code = "source"


class UnreachableError(SourceError):
    """A source is out of reach for the moment; when all are, trying again later is right."""

    exit_code = ExitCode.TEMPORARY
    code = "unreachable"


class NoSuchPlaceError(SourceError):
    """The place that a source names is not there; when it was the only one, the call is wrong."""

    exit_code = ExitCode.USAGE


class SignInError(SourceError):
    """A mailbox cannot be entered: the password or token cannot be had, has expired, or was refused."""

    exit_code = ExitCode.FAILED
    code = "sign-in"
