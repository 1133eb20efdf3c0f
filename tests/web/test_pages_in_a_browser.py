"""The pages as a real browser shows them, in both languages: pressed, pressed twice, gone back from; what axe says."""

import base64
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser
from served import Served, serving

from allegro_privacy import config
from allegro_privacy.core.link_token import Link
from allegro_privacy.store.database import open_database
from allegro_privacy.workflow import link_keys

if CHROMIUM is None:
    pytest.skip("NOT CHECKED: chromium is not installed (apt-get install chromium)", allow_module_level=True)
# A folder that the pictures are left in, to be looked at.
PICTURES = os.environ.get("PICTURES", "")
AXE = "axe.run(document).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')))"
FIRST = "button.first"
DONE = {"en": "Done: no more promotional e-mail", "es": "Listo: no más correo promocional"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Path:
    return Path(shutil.copytree(installed, tmp_path_factory.mktemp("browsed"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serving(folder) as process:
        yield process


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture
def url(folder: Path, served: Served, request: pytest.FixtureRequest) -> str:
    """A link of this test's own."""
    keys = link_keys.needed(config.load(folder / config.FILE_NAME))
    name = "".join(sign if sign.isalnum() else "-" for sign in request.node.name)
    return f"http://127.0.0.1:{served.port}/{keys.token(Link(f'{name[-50:]}@example.com', 'sale'))}"


def suppressed(folder: Path) -> int:
    with open_database(config.load(folder / config.FILE_NAME).database, read_only=True) as database:
        return int(database.value("SELECT count(*) FROM suppressions"))


def looked_at(browser: Browser, name: str) -> None:
    if PICTURES:
        picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        Path(PICTURES, f"{name}.png").write_bytes(base64.b64decode(picture))


@pytest.mark.parametrize("language", ["en", "es"])
def test_pressed_twice_gone_back_and_pressed_again_it_is_one_wish(
    browser: Browser, folder: Path, url: str, language: str
) -> None:
    before = suppressed(folder)
    browser.open(f"{url}?lang={language}")
    browser.press(FIRST, times=2)
    assert browser.see("document.querySelector('h1').textContent") == DONE[language]
    assert browser.see("document.documentElement.lang") == language
    browser.back()
    assert browser.see(f"document.querySelector('{FIRST}') !== null")
    browser.press(FIRST)
    assert suppressed(folder) == before + 1
    assert browser.told == []


def test_the_switch_changes_the_language_and_nothing_else(browser: Browser, folder: Path, url: str) -> None:
    before = suppressed(folder)
    browser.open(f"{url}?lang=en")
    browser.press("nav a")
    assert browser.see("document.documentElement.lang") == "es"
    assert suppressed(folder) == before


def test_circulars_are_stopped_from_the_page_that_says_done(browser: Browser, folder: Path, url: str) -> None:
    before = suppressed(folder)
    browser.open(f"{url}?lang=es")
    browser.press(FIRST)
    browser.see("document.querySelector('#name').value = 'Rosa Quintero'")
    browser.see("document.querySelector('#address').value = '1450 Brickell Ave Apt 2203\\nMiami, FL 33131'")
    browser.press("section button")
    assert browser.see("document.querySelector('h1').textContent") == "Anotado: no más folletos"
    assert suppressed(folder) == before + 2


def test_nothing_is_loaded_kept_or_run(browser: Browser, url: str) -> None:
    browser.open(url)
    assert browser.see("performance.getEntriesByType('resource').length") == 0
    assert browser.see("document.scripts.length") == 0
    assert browser.call("Network.getCookies", urls=[url])["cookies"] == []
    assert browser.see("getComputedStyle(document.querySelector('main')).backgroundColor") == "rgb(255, 255, 255)"


PAGES = {
    "first": "",
    "done": f"document.querySelector('{FIRST}').click()",
    "missing": "document.querySelector('#circulars ~ form').noValidate = true;"
    "document.querySelector('#circulars ~ form button').click()",
    "broken": "location.href = '/k1.cut' + location.search",
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_readable_on_a_telephone_and_axe_finds_nothing(
    browser: Browser, url: str, page: str, language: str
) -> None:
    for width in (320, 1280):
        browser.open(f"{url}?lang={language}", width)
        if PAGES[page]:
            before = browser.loads
            browser.see(PAGES[page] + ", 0" * (";" not in PAGES[page]))
            browser.wait(before)
        assert browser.see("document.documentElement.scrollWidth") == width
        looked_at(browser, f"{page}-{language}-{width}")
    if find_spec("axe_core_python") is None:
        pytest.skip("NOT CHECKED: axe is not installed (pip install axe-core-python)")
    axe = Path(str(find_spec("axe_core_python").origin)).with_name("axe.min.js")  # type: ignore[union-attr]
    browser.see(Path(os.environ.get("AXE", axe)).read_text("utf-8") + ";0")
    assert browser.see(AXE) == []


def test_without_styles_it_reads_from_top_to_bottom(browser: Browser, url: str) -> None:
    browser.open(f"{url}?lang=en")
    order = browser.see("[...document.querySelectorAll('h1, h2, button')].map(e => e.tagName + ' ' + e.textContent)")
    assert order == [
        "H1 No more e-mail from Allegro Music Center",
        "BUTTON Stop promotional e-mail",
        "H2 What this does",
        "H2 No more circulars by post either?",
        "BUTTON Stop circulars by post",
        "H2 This is not my address?",
        "BUTTON This is not my address",
    ]


def test_it_prints(browser: Browser, url: str) -> None:
    browser.open(url)
    assert base64.b64decode(browser.call("Page.printToPDF")["data"]).startswith(b"%PDF-")
