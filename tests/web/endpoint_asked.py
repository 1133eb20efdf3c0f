"""An endpoint on a desk that was just set up, asked without a network."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allegro_privacy import config
from allegro_privacy.config import Settings
from allegro_privacy.core.link_token import Link, LinkKeys
from allegro_privacy.store import views
from allegro_privacy.store.database import open_database
from allegro_privacy.web.app import Endpoint
from allegro_privacy.workflow.clicks import Recorder

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Shop:
    """The endpoint, its configuration, and who asks. ticks: the seconds that the rates see."""

    settings: Settings
    keys: LinkKeys
    endpoint: Endpoint
    recorder: Recorder
    ticks: list[float] = field(default_factory=lambda: [0.0])

    def token(self, email: str = "rosa@example.com", campaign: str = "sale") -> str:
        return self.keys.token(Link(email, campaign))

    def ask(
        self, method: str, path: str, body: bytes = b"", type_: str = FORM, query: str = "", client: str = "192.0.2.1",
        **more: Any,
    ) -> Answered:  # fmt: skip
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_TYPE": type_,
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "REMOTE_ADDR": client, **more,
        }  # fmt: skip
        told: list[Any] = []
        whole = b"".join(self.endpoint(environ, lambda status, headers: told.extend((status, headers))))
        assert len(told[1]) == len(dict(told[1])), "no header comes twice"
        return Answered(int(told[0][:3]), dict(told[1]), whole)

    def press(self, token: str, body: bytes = ONE_CLICK, **more: Any) -> Answered:
        return self.ask("POST", f"/{token}", body, **more)

    def events(self) -> list[str]:
        with open_database(self.settings.database, read_only=True) as database:
            return [str(row[0]) for row in database.rows("SELECT kind FROM ledger ORDER BY number")][1:]

    def suppressed(self) -> dict[str, int]:
        with open_database(self.settings.database, read_only=True) as database:
            return views.status(database).suppressed


def configured(folder: Path, url: str = "https://shop.example/optout", listen: str = "127.0.0.1:0") -> Path:
    """A configuration with links, and its key."""
    key = folder / "links-k1.key"
    key.write_text("a secret of more than thirty-two signs\n")
    key.chmod(0o600)
    text = config.sample().replace('url = ""', f'url = "{url}"', 1).replace('key = ""', 'key = "k1"', 1)
    text = text.replace('listen = "127.0.0.1:8125"', f'listen = "{listen}"')
    path = folder / config.FILE_NAME
    path.write_text(text + '\n[link_key.k1]\nkey_file = "links-k1.key"\n')
    return path
