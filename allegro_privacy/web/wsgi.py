"""For another WSGI server: `allegro_privacy.web.wsgi:application`; ALLEGRO_PRIVACY_CONFIG names its configuration."""

from collections.abc import Iterable
from functools import cache

from allegro_privacy import config
from allegro_privacy.web.app import Endpoint, StartResponse, endpoint
from allegro_privacy.web.requests import Environ


@cache
def _endpoint() -> Endpoint:
    return endpoint(config.load())


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answers one request; what it needs is read with the first."""
    return _endpoint()(environ, start_response)
