"""Headless Chromium over its debugging pipe: opens pages, presses buttons, and asks what it sees."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
    "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 60.0


class Browser:
    """One browser with one page. told: what its console and its policies said."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = os.pipe(), os.pipe()
        # It reads commands from 3 and answers at 4.
        command = f'exec "$0" "$@" 3<&{ours[0]} 4>&{theirs[1]}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, str(CHROMIUM), *OPTIONS, f"--user-data-dir={folder / 'profile'}"],
            pass_fds=(ours[0], theirs[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._out, self._in = os.fdopen(ours[1], "wb", buffering=0), theirs[0]
        self._rest, self._number, self._session = b"", 0, ""
        self.told: list[str] = []
        self.loads = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._out.close()
        os.close(self._in)

    def call(self, method: str, **parameters: Any) -> Any:
        """What a command of its protocol returns."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        self._out.write(json.dumps(asked).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return heard["result"]

    def _hear(self) -> Any:
        while b"\0" not in self._rest:
            block = os.read(self._in, 1 << 16)
            assert block, "the browser has died"
            self._rest += block
        line, _, self._rest = self._rest.partition(b"\0")
        heard = json.loads(line)
        match heard.get("method"):
            case "Page.loadEventFired":
                self.loads += 1
            case "Log.entryAdded":
                self.told.append(heard["params"]["entry"]["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.told.append(json.dumps(heard["params"])[:300])
        return heard

    def open(self, url: str, width: int = 1280) -> None:
        """Load a page in a window of that width, a telephone's when it is narrow."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        before = self.loads
        self.call("Page.navigate", url=url)
        self.wait(before)

    def wait(self, before: int) -> None:
        """Until one more page has loaded."""
        until = time.monotonic() + PATIENCE
        while self.loads <= before:
            assert time.monotonic() < until, "no page came"
            self._hear()

    def see(self, expression: str) -> Any:
        """The value of an expression in the page. The page's own policy does not bind the debugger."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, selector: str, times: int = 1) -> None:
        """Click in the middle of something, as a mouse does, and wait for the page that comes."""
        box = self.see(
            f"(e => {{ e.scrollIntoView(); const b = e.getBoundingClientRect();"
            f" return [b.x + b.width / 2, b.y + b.height / 2]; }})(document.querySelector({json.dumps(selector)}))"
        )
        before = self.loads
        for count in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=count)
        self.wait(before)

    def back(self) -> None:
        """The back button."""
        history, before = self.call("Page.getNavigationHistory"), self.loads
        entry = history["entries"][history["currentIndex"] - 1]["id"]
        self.call("Page.navigateToHistoryEntry", entryId=entry)
        self.wait(before)
