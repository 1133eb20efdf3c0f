"""Clicks as they come, watched for the signs of a link scanner (core/link_scanners.py)."""

from collections import OrderedDict, deque
from datetime import datetime

from allegro_privacy.core import link_scanners
from allegro_privacy.core.identity import email_key
from allegro_privacy.core.link_scanners import Click

MOST_DOMAINS, MOST_CLICKS = 1000, 100


class Bursts:
    """The last clicks of each domain, in bounded memory. Of a burst the first clicks are answered before anybody can
    see that it is one: what is flagged is the rest."""

    def __init__(self) -> None:
        self._clicks: OrderedDict[str, deque[Click]] = OrderedDict()

    def met(self, email: str, at: datetime) -> bool:
        """Does this click belong to a burst?"""
        signs = link_scanners.signs()
        key = email_key(email)
        domain = key.rpartition("@")[2]
        if not domain or domain in signs.not_at:
            return False
        clicks = self._clicks.setdefault(domain, deque(maxlen=MOST_CLICKS))
        self._clicks.move_to_end(domain)
        if len(self._clicks) > MOST_DOMAINS:
            self._clicks.popitem(last=False)
        second = int(at.timestamp())
        clicks.append(Click(domain, second, key.encode()))
        found = link_scanners.bursts(sorted(clicks, key=lambda each: each.at), signs.people, signs.within)
        return any(burst.first <= second <= burst.last for burst in found)
