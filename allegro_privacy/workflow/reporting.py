"""The figures of a period, with the clocks that each request ran under."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from allegro_privacy.config import Settings
from allegro_privacy.core import figures
from allegro_privacy.core.deadlines import Due
from allegro_privacy.core.duties import Calendar
from allegro_privacy.core.facts import Facts
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, snapshot
from allegro_privacy.store.rows import Head
from allegro_privacy.workflow.cases import rulebook

if TYPE_CHECKING:
    from allegro_privacy.core.figures import Figures


def report(
    database: Database, settings: Settings, start: datetime, end: datetime, now: datetime
) -> "tuple[Figures, Head]":
    """Every figure of a period, and the ledger head that the figures were read at."""
    calendar = rulebook(settings).calendar
    with snapshot(database):
        facts, head = views.facts(database, start, end), views.ledger_head(database)
    return figures.figures(_with_clocks(facts, calendar, now)), head


def _with_clocks(facts: Facts, calendar: Calendar, now: datetime) -> Facts:
    known: dict[tuple[str, date, bool], Due | None] = {}
    facts = replace(facts, zone=calendar.zone, now=now)
    for request in facts.requests:
        key = (request.kind, facts.day(request.received), request.extended)
        if key not in known:
            known[key] = calendar.answer_due(request.kind, request.received, request.extended)
    requests = tuple(
        replace(request, due=known[request.kind, facts.day(request.received), request.extended])
        for request in facts.requests
    )
    return replace(facts, requests=requests)
