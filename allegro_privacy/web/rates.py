"""How often somebody may ask: buckets that fill again with time, for as many as memory should bear."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Rate:
    """So many at once, and so many per second after that, for each key. Whoever was not seen longest is forgotten."""

    def __init__(self, at_once: int, per_second: float, clock: Callable[[], float], most: int = 10_000) -> None:
        self._at_once, self._per_second, self._clock, self._most = at_once, per_second, clock, most
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, key: Hashable) -> bool:
        """Is one more allowed now? It counts when it is."""
        with self._lock:
            now = self._clock()
            left, since = self._left.pop(key, (float(self._at_once), now))
            left = min(self._at_once, left + (now - since) * self._per_second)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
            return allowed
