"""Telling a monitor that a pull began, ended well or failed, as healthchecks-style services expect it.

Silence proves nothing: a cron that no longer runs is silent too. What leaves is numbers, the ledger's head, and on
failure the exit code and the kind of error: never an address, a subject, a path or an error's own words. The head in
somebody else's hands is what `verify --against` wants. A ping that fails is told to the caller and changes nothing."""

import json
import os
import select
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from allegro_privacy.config import PingSettings
from allegro_privacy.store.rows import Head

SCHEMA = 1
TRIES = 2
PAUSE_SECONDS = 1.0
_LONGEST_ANSWER = 200


class Moment(StrEnum):
    """What a monitor is told of."""

    START = "start"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a pull ended. `kind` is one of the stable words for an error, or "" when all was well; `head` is None when
    the database could not be read."""

    exit_code: int
    kind: str
    totals: Mapping[str, int]
    sources_down: int
    head: Head | None

    @property
    def moment(self) -> Moment:
        """Good is only what a person need not look at: every mailbox and every message could be read."""
        return Moment.FAILURE if self.exit_code or self.kind else Moment.SUCCESS


def tell_began(settings: PingSettings) -> str:
    """Tell the monitor that a pull begins; the answer is what went wrong, or ""."""
    return _tell(settings, Moment.START, {})


def tell_ended(settings: PingSettings, ended: Ended) -> str:
    """Tell the monitor how a pull ended; the answer is what went wrong, or ""."""
    content: dict[str, Any] = {
        "exit_code": int(ended.exit_code),
        "totals": dict(ended.totals),
        "sources_down": ended.sources_down,
        "ledger": {"number": ended.head.number, "hash": ended.head.hash} if ended.head else None,
    }
    if ended.moment is Moment.FAILURE:
        content["error"] = ended.kind
    return _tell(settings, ended.moment, content)


def _tell(settings: PingSettings, moment: Moment, content: Mapping[str, Any]) -> str:
    url = {
        Moment.START: settings.start,
        Moment.SUCCESS: settings.success,
        Moment.FAILURE: settings.failure,
    }[moment]
    if not url:
        return ""
    body = {"schema": SCHEMA, "ping": moment.value, **content}
    return _within(settings.timeout.total_seconds(), url, json.dumps(body).encode())


_WELL = "well"


def _within(seconds: float, url: str, body: bytes) -> str:
    """Send from a child process, which can be ended at any moment: no time-out of a socket bounds a name server that
    does not answer, or a monitor that answers one byte at a time. No thread is left behind when a later step forks."""
    try:
        ours, its = os.pipe()
        child = os.fork()
    except OSError as error:
        return f"the attempt could not be made ({error.strerror})"
    if child == 0:
        _send_and_exit(its, seconds, url, body)
    os.close(its)
    try:
        answered = select.select([ours], [], [], seconds)[0]
        answer = os.read(ours, _LONGEST_ANSWER).decode("utf-8", "replace") if answered else _silent(seconds)
    finally:
        os.close(ours)
        # A parent that ignored SIGCHLD hands that down: then an ended child is gone already.
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return "" if answer == _WELL else answer or "the attempt broke off"


def _silent(seconds: float) -> str:
    return f"it did not answer within {seconds:g} s"


def _send_and_exit(pipe: int, seconds: float, url: str, body: bytes) -> NoReturn:
    try:
        # Also when the parent is killed: nothing lives on.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(seconds) + 1)
        os.write(pipe, _send(seconds, url, body).encode()[:_LONGEST_ANSWER])
        os._exit(0)
    finally:
        # Whatever happened: never return into the parent's code.
        os._exit(1)


def _send(seconds: float, url: str, body: bytes) -> str:
    """What went wrong, in words of our own; or that all is well. A second try bridges a network that was away for a
    moment; a monitor that takes no POST is asked with GET."""
    from http.client import HTTPException
    from urllib.error import HTTPError

    until = time.monotonic() + seconds
    problem, method = "", "POST"
    for again in range(TRIES + 1):
        try:
            _request(url, body, method, max(0.1, until - time.monotonic()))
        except HTTPError as refused:
            if refused.code == 405 and method == "POST":
                method = "GET"
                continue
            problem = _refusal(refused.code)
            if refused.code < 500 and refused.code != 429:
                break
        except (OSError, HTTPException) as error:
            problem = _trouble(error)
        else:
            return _WELL
        if again + 1 >= TRIES:
            break
        time.sleep(PAUSE_SECONDS)
    return problem


def _request(url: str, body: bytes, method: str, seconds: float) -> None:
    """One request. No redirect is followed: the ledger's head goes where the configuration says, and nowhere else."""
    from urllib import request

    opener = request.OpenerDirector()
    proxies = request.getproxies_environment() if url.startswith("https:") else {}
    for handler in (
        request.ProxyHandler(proxies),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPErrorProcessor(),
        request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    headers = {"User-Agent": "allegro-privacy"}
    if method == "POST":
        headers["Content-Type"] = "application/json"
    asked = request.Request(url, body if method == "POST" else None, headers, method=method)  # noqa: S310  (checked in schema.ping_url)
    opener.open(asked, timeout=seconds).close()


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return f"it answers with a redirect (HTTP {status}), which is not followed"
    return f"it answers with HTTP {status}"


def _trouble(error: Exception) -> str:
    """The kind of trouble; an exception's own words may hold the URL."""
    from socket import gaierror
    from ssl import SSLCertVerificationError, SSLError

    cause = getattr(error, "reason", error)
    match cause:
        case TimeoutError():
            return "it did not answer in time"
        case SSLCertVerificationError():
            return f"its certificate is not accepted ({cause.verify_message})"
        case SSLError():
            return "no secure connection can be made"
        case gaierror():
            return "its name is not known to the name server"
        case OSError() if cause.strerror:
            return f"no connection ({cause.strerror})"
    return "its answer is not HTTP"
