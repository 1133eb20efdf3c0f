"""The server of `allegro-privacy serve`: waitress, a few threads, and an end that cuts nobody off."""

import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from allegro_privacy.config import ServeSettings
from allegro_privacy.errors import MissingExtraError, UsageError
from allegro_privacy.web.app import Endpoint

THREADS = 16
CONNECTIONS = 512
STOP_SECONDS = 25.0
LOOP_SECONDS = 0.5


def serve(settings: ServeSettings, endpoint: Endpoint, ready: Callable[[str], None]) -> None:
    """Answer until SIGTERM or SIGINT; then take nothing new, answer whoever waits, and return. `ready` is told where it
    listens. Raises UsageError when it cannot listen there."""
    try:
        from waitress import create_server, wasyncore
    except ImportError:
        raise MissingExtraError("The server of links is waitress.", "serve") from None
    # It would say so for each request that waits for a thread; whoever reads the log cannot do anything about it.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sockets: dict[int, Any] = {}
    try:
        server = create_server(endpoint, map=sockets, **_options(settings))
    except OSError as problem:
        why = f"{settings.host} port {settings.port}: {problem.strerror}."
        raise UsageError(
            "It cannot listen there.", why, "Choose another [serve] listen, or end what listens."
        ) from None
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        ready(f"http://{_shown(settings.host)}:{server.effective_port}")
        while not stopping:
            wasyncore.loop(timeout=LOOP_SECONDS, map=sockets, count=1)
        server.accepting = False
        server.del_channel(sockets)
        server.socket.close()
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until and any(_busy(channel) for channel in server.active_channels.values()):
            wasyncore.loop(timeout=0.05, map=sockets, count=1)
        server.task_dispatcher.shutdown()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        endpoint.close()


def _busy(channel: Any) -> bool:
    """Does somebody wait for an answer there, or for the rest of one?"""
    return bool(channel.requests or channel.total_outbufs_len)


def _options(settings: ServeSettings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "threads": THREADS,
        "connection_limit": CONNECTIONS,
        "channel_timeout": 30,
        "cleanup_interval": 10,
        "max_request_header_size": 16_384,
        # Above what we read ourselves, so that a person who typed too much gets a page; far below what hurts.
        "max_request_body_size": 65_536,
        "ident": "",
        "expose_tracebacks": False,
        "clear_untrusted_proxy_headers": True,
    }
    if settings.proxy:
        options |= {
            "trusted_proxy": settings.proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for"},
        }
    return options


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
