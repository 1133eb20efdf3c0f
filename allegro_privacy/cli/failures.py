"""Every exception as words a person can act on, and an exit code."""

import errno
from dataclasses import dataclass
from pathlib import Path

import typer

from allegro_privacy import __version__
from allegro_privacy.errors import ExitCode, PrivacyError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person or a program is told: the exit code, a stable word for it, what, why and how to mend it."""

    exit_code: ExitCode
    code: str
    what: str
    why: str
    fix: str

    def document(self) -> dict[str, dict[str, str]]:
        """The error as the JSON of docs/cli.md."""
        return {"error": {"code": self.code, "what": self.what, "why": self.why, "fix": self.fix}}


class ReportedError(Exception):
    """A failure whose words are already on stdout, inside a JSON document that had begun."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.what)
        self.failure = failure


def described(error: BaseException) -> Failure:
    """The words for an exception, whatever it is."""
    if isinstance(error, ReportedError):
        return error.failure
    if isinstance(error, PrivacyError):
        return Failure(error.exit_code, error.code, error.what, error.why, error.fix)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return Failure(
            ExitCode.INTERRUPTED,
            "interrupted",
            "Interrupted.",
            "What was committed stays.",
            "Run it again: it goes on.",
        )
    if isinstance(error, typer.TyperException):
        return _wrong_call(error)
    if isinstance(error, OSError) and error.strerror:
        return _file_trouble(error)
    return _unforeseen(error)


def _wrong_call(error: typer.TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "allegro-privacy"
    return Failure(ExitCode.USAGE, "usage", error.format_message(), "", f"See: {path} --help")


def _file_trouble(error: OSError) -> Failure:
    if error.errno in _FULL:
        fix = "Make room, then run the same command again: nothing is half-done."
        return Failure(ExitCode.FAILED, "disk-full", "The disk is full.", f"{error.strerror}.", fix)
    why = f"{error.filename or 'unnamed'}: {error.strerror}."
    return Failure(
        ExitCode.FAILED, "file", "A file cannot be used.", why, "Check the path and its permissions, then try again."
    )


def _unforeseen(error: BaseException) -> Failure:
    """Only the kind and the place of the error are told: its own text may quote a stranger's mail."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "an unknown place"
    return Failure(
        ExitCode.FAILED,
        "unexpected",
        "Something unexpected happened; nothing is half-done.",
        f"{type(error).__name__} at {where} (allegro-privacy {__version__}).",
        "Run it again with -v and report what it shows, without the mail itself.",
    )
