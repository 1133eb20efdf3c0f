"""A desk with links, and its endpoint."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoint_asked import NOW, Shop, configured

from allegro_privacy import config
from allegro_privacy.web.app import Endpoint
from allegro_privacy.workflow import link_keys, upkeep
from allegro_privacy.workflow.clicks import Recorder


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk after `init`, to be copied."""
    folder = tmp_path_factory.mktemp("installed")
    upkeep.init(folder, configured(folder), None, "test", NOW)
    return folder


@pytest.fixture
def shop(tmp_path: Path, installed: Path) -> Iterator[Shop]:
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    settings = config.load(tmp_path / config.FILE_NAME)
    keys = link_keys.needed(settings)
    recorder = Recorder(settings, lambda: NOW)
    ticks = [0.0]
    endpoint = Endpoint(settings.shop, keys, recorder, lambda: NOW, lambda: ticks[0])
    yield Shop(settings, keys, endpoint, recorder, ticks)
    endpoint.close()
