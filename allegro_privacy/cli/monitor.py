"""Around one pull: the monitor of the configuration is told that it began and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from allegro_privacy.cli import console, failures
from allegro_privacy.errors import ExitCode, PrivacyError
from allegro_privacy.workflow import insight, pings

if TYPE_CHECKING:
    from allegro_privacy.cli.app import Call
    from allegro_privacy.config import Settings
    from allegro_privacy.store.rows import Head
    from allegro_privacy.workflow.judge import Tally


@contextmanager
def told(call: "Call", settings: "Settings", tally: "Tally") -> Iterator[None]:
    """One pull, from its first step to its last; what it does and how it ends is untouched by any ping.

    The database is not open at either ping: they are sent from a child process, which must not inherit it."""
    if call.dry_run:
        yield
        return
    try:
        _say(call, "began", pings.tell_began(settings.ping))
        yield
    except BaseException as error:
        _end(call, settings, tally, error)
        raise
    _end(call, settings, tally, None)


def exit_code(tally: "Tally") -> ExitCode:
    """How a pull ends that came to its end: a person must look when something could not be read."""
    return ExitCode.PARTLY if tally.problems or tally.down or tally.unfiled else ExitCode.DONE


def _end(call: "Call", settings: "Settings", tally: "Tally", error: BaseException | None) -> None:
    if not (settings.ping.success or settings.ping.failure):
        return
    code, kind = _outcome(tally, error)
    ended = pings.Ended(code, kind, tally.counts(), len(tally.down), _head(settings))
    _say(call, "failed" if ended.moment is pings.Moment.FAILURE else "ended", pings.tell_ended(settings.ping, ended))


def _outcome(tally: "Tally", error: BaseException | None) -> tuple[ExitCode, str]:
    """The exit code and the kind of what went wrong."""
    if isinstance(error, BrokenPipeError):
        # No failure of the command line (the reader of its output has gone), but not all mail may have been read.
        return ExitCode.DONE, "output-closed"
    if error is not None:
        failure = failures.described(error)
        return failure.exit_code, failure.code
    kind = "source" if tally.down else "unreadable" if tally.problems else "filing" if tally.unfiled else ""
    return exit_code(tally), kind


def _head(settings: "Settings") -> "Head | None":
    with suppress(PrivacyError, OSError), insight.opened(settings) as database:
        return insight.head(database)
    return None


def _say(call: "Call", what: str, problem: str) -> None:
    if problem and (call.verbose or not call.quiet):
        console.say(f"the monitor was not told that the pull {what}: {problem}")
