"""The WSGI application: GET shows a page and changes nothing, since scanners open links; a POST of the page's button
or of the pair of RFC 8058, records and is answered after the commit.

Whoever asks learns nothing but what they asked: a known and an unknown address, a first and a hundredth click get the
same bytes. Nothing that names somebody is logged."""

import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allegro_privacy.config import Settings
from allegro_privacy.core.clicked import Clicked, Wish
from allegro_privacy.core.link_token import Link, LinkKeys
from allegro_privacy.core.shop import Shop
from allegro_privacy.web import pages
from allegro_privacy.web.pages import LONGEST_ADDRESS, LONGEST_NAME, Typed
from allegro_privacy.web.rates import Rate
from allegro_privacy.web.requests import Asked, Environ, body_of, read
from allegro_privacy.workflow import link_keys
from allegro_privacy.workflow.clicks import Outcome, Recorder
from allegro_privacy.workflow.links_asked import LONGEST_BODY, health, wish_in_form

log = logging.getLogger(__name__)

STATUS = {
    200: "200 OK", 202: "202 Accepted", 400: "400 Bad Request", 404: "404 Not Found", 405: "405 Method Not Allowed",
    413: "413 Content Too Large", 429: "429 Too Many Requests", 503: "503 Service Unavailable",
}  # fmt: skip
RETRY_SECONDS = 60
# Of one client: pages, and whatever is no token. A provider's one-click POSTs come from few addresses and many at once,
# so a POST with a token of ours is counted by token instead: nobody needs the same one often.
CLIENT_AT_ONCE, CLIENT_PER_SECOND = 60, 2.0
TOKEN_AT_ONCE, TOKEN_PER_SECOND = 20, 0.2
ALL_AT_ONCE, ALL_PER_SECOND = 2000, 500.0

StartResponse = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    language: str = "en"
    type: str = "text/html; charset=utf-8"
    more: tuple[tuple[str, str], ...] = ()


class Endpoint:
    """The application, for any WSGI server. Close it when the server ends."""

    def __init__(
        self,
        shop: Shop,
        keys: LinkKeys,
        recorder: Recorder,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shop, self._keys, self._recorder, self._clock = shop, keys, recorder, clock
        self._of_client = Rate(CLIENT_AT_ONCE, CLIENT_PER_SECOND, ticks)
        self._of_token = Rate(TOKEN_AT_ONCE, TOKEN_PER_SECOND, ticks)
        self._of_all = Rate(ALL_AT_ONCE, ALL_PER_SECOND, ticks)
        # There are two first pages, and they are the same for everybody.
        self._first = {language: pages.first_page(shop, language) for language in pages.LANGUAGES}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        asked = read(environ, pages.LANGUAGES)
        answer = self._answer(asked, environ)
        start_response(STATUS[answer.status], [*_headers(answer)])
        return [] if asked.method == "HEAD" else [answer.body]

    def begin(self) -> None:
        """Record what was kept while nobody could; otherwise that comes with the first wish."""
        self._recorder.begin()

    def close(self) -> None:
        """Let what was asked be recorded, and end."""
        self._recorder.close()

    def _answer(self, asked: Asked, environ: Environ) -> Answer:
        if asked.path == "/health" and asked.method in ("GET", "HEAD"):
            return self._health()
        if asked.method not in ("GET", "HEAD", "POST"):
            return self._plain(asked, 405, "nothing", "method_title", ("Allow", "GET, HEAD, POST"))
        link = self._keys.read(asked.token) if asked.token else None
        known = link is not None and asked.method == "POST"
        allowed = self._of_token.allows(asked.token) if known else self._of_client.allows(asked.client)
        if not allowed or not (known or self._of_all.allows("")):
            return self._plain(asked, 429, "often", "", ("Retry-After", str(RETRY_SECONDS)))
        if asked.method != "POST":
            return self._page(asked, link)
        body = body_of(environ, LONGEST_BODY)
        if body is None:
            return self._plain(asked, 413, "too_long", "nothing_title")
        form = wish_in_form(str(environ.get("CONTENT_TYPE", "")), body)
        if form is None:
            return self._plain(asked, 400, "nothing")
        if link is None:
            return self._broken(asked)
        return self._act(asked, link, *form)

    def _page(self, asked: Asked, link: Link | None) -> Answer:
        if link is None:
            return self._broken(asked)
        return Answer(200, self._first[asked.language], asked.language)

    def _broken(self, asked: Asked) -> Answer:
        # 200 also for a token that is none: a machine learns nothing from it, a person is told the truth.
        return self._plain(asked, 200 if asked.token or asked.path.strip("/") else 404, "broken")

    def _plain(self, asked: Asked, status: int, name: str, title: str = "", *more: tuple[str, str]) -> Answer:
        return Answer(status, pages.plain_page(self._shop, asked.language, name, title), asked.language, more=more)

    def _act(self, asked: Asked, link: Link, wish: Wish, one_click: bool, fields: dict[str, str]) -> Answer:
        typed = Typed()
        if wish is Wish.CIRCULARS:
            name = " ".join(fields.get("name", "").split())[:LONGEST_NAME]
            typed = Typed(name, fields.get("address", "")[:LONGEST_ADDRESS])
            if typed.missing:
                return Answer(400, pages.missing_page(self._shop, asked.language, typed), asked.language)
        clicked = Clicked(link, wish, self._clock(), one_click, asked.language, typed.name, typed.address)
        match self._recorder.put(clicked):
            case Outcome.RECORDED:
                return Answer(200, pages.done_page(self._shop, asked.language, wish), asked.language)
            case Outcome.KEPT:
                return self._plain(asked, 202, "kept")
            case Outcome.LOST:
                return self._plain(asked, 503, "lost", "", ("Retry-After", str(RETRY_SECONDS)))

    def _health(self) -> Answer:
        found = health(self._recorder)
        body = json.dumps({"well": found.well, "database": found.database, "kept": found.kept}).encode() + b"\n"
        return Answer(200 if found.well else 503, body, type="application/json")


def _headers(answer: Answer) -> Iterable[tuple[str, str]]:
    yield "Content-Type", answer.type
    yield "Content-Length", str(len(answer.body))
    if answer.type.startswith("text/html"):
        yield "Content-Language", answer.language
        yield "Vary", "Accept-Language"
    yield from pages.headers()
    yield from answer.more


def endpoint(settings: Settings) -> Endpoint:
    """The application of a configuration. Raises ConfigError when that does not speak of links."""
    keys = link_keys.needed(settings)
    recorder = Recorder(settings, lambda: datetime.now(UTC))
    return Endpoint(settings.shop, keys, recorder)
