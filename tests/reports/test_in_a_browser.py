"""The page as a real browser shows it: headless Chromium, which tells what it refused and where every text stands."""

import json
import os
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path

import pytest

from allegro_privacy.reports.html import Page, page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip(
        "NOT CHECKED: the page in a browser: chromium is not installed (apt-get install chromium)",
        allow_module_level=True,
    )
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
    "--disable-background-networking", "--no-first-run", "--virtual-time-budget=4000",
)  # fmt: skip
# A page of our own that looks into ours: its policy forbids scripts, this one has none.
LOOKS = """<!DOCTYPE html><body style="margin:0">
<iframe id=f src="{source}" style="border:0;height:9000px;width:{width}px"></iframe><pre id=out></pre><script>
f.onload = () => {{
  const page = f.contentDocument, bad = [];
  const before = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + 1;
  const apart = (a, b) => before(a, b) || before(b, a);
  for (const svg of page.querySelectorAll("figure > svg")) {{
    const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll("text")];
    const boxes = texts.map(text => text.getBoundingClientRect());
    boxes.forEach((box, i) => {{
      if (box.left < frame.left - 3 || box.right > frame.right + 3) bad.push("outside: " + texts[i].textContent);
      for (let j = 0; j < i; j++)
        if (!apart(box, boxes[j])) bad.push("overlap: " + texts[i].textContent + " / " + texts[j].textContent);
    }});
  }}
  out.textContent = JSON.stringify({{
    bad, wide: page.documentElement.scrollWidth, charts: page.querySelectorAll("figure > svg").length,
    scripts: page.scripts.length, styled: getComputedStyle(page.querySelector(".tiles")).display,
  }});
}};
</script>"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, content: Page) -> Path:
    path = tmp_path_factory.mktemp("browser") / "page.html"
    path.write_bytes(page(content))
    return path


def chromium(folder: Path, *arguments: str) -> tuple[str, list[str]]:
    """What it wrote, and what its console said."""
    command = [str(CHROMIUM), *OPTIONS, f"--user-data-dir={folder / 'profile'}", *arguments]
    home = {**os.environ, "HOME": str(folder)}
    ran = subprocess.run(command, capture_output=True, timeout=120, check=False, env=home)
    log = ran.stderr.decode(errors="replace")
    assert ran.returncode == 0, log
    return ran.stdout.decode(), re.findall(r"CONSOLE[^\]]*\] (.*)", log)


def test_the_browser_has_nothing_to_complain_of(written: Path) -> None:
    dom, console = chromium(written.parent, "--dump-dom", written.as_uri())
    assert "privacy requests" in dom
    assert console == []


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="https://evil.example/x">',
        "<script>alert(1)</script>",
        "<p style='color:red'>x</p>",
        "<style>p{color:red}</style>",
    ],
)
def test_what_a_hole_would_let_in_is_refused_and_the_console_tells(planted: str, written: Path) -> None:
    """So the silence above means something."""
    holed = written.with_name("holed.html")
    holed.write_bytes(written.read_bytes().replace(b"</h1>", b"</h1>" + planted.encode()))
    _, console = chromium(written.parent, "--dump-dom", holed.as_uri())
    assert any("Content Security Policy" in line for line in console), console


@pytest.mark.parametrize("width", [1280, 700, 380])
def test_no_label_stands_in_anothers_way_and_nothing_is_cut(width: int, written: Path) -> None:
    looks = written.with_name(f"looks-{width}.html")
    looks.write_text(LOOKS.format(source=escape(written.as_uri()), width=width))
    dom, _ = chromium(written.parent, "--allow-file-access-from-files", "--dump-dom", looks.as_uri())
    found = re.search(r'<pre id="out">(.*?)</pre>', dom, re.DOTALL)
    assert found, dom[:2000]
    seen = json.loads(unescape(found[1]))
    assert seen == {"bad": [], "wide": width, "charts": 8, "scripts": 0, "styled": "grid"}


def test_it_prints(written: Path) -> None:
    target = written.with_name("page.pdf")
    _, console = chromium(written.parent, f"--print-to-pdf={target}", "--no-pdf-header-footer", written.as_uri())
    assert console == []
    assert target.read_bytes().startswith(b"%PDF-")
