"""Shared by the tests of sources: a message from bytes, as if it had come from a file."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from allegro_privacy.core.message import Message, Origin, RawMessage
from allegro_privacy.sources.mime import parse

FILE_TIME = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

Read = Callable[[bytes], Message]


@pytest.fixture
def read() -> Read:
    def read_bytes(raw: bytes) -> Message:
        return parse(RawMessage(raw, Origin("eml:", "/mail/a.eml", received=FILE_TIME), len(raw)))

    return read_bytes
