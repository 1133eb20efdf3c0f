"""The figures of a period, with the clocks that each request ran under, and the page that shows them."""

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from allegro_privacy.config import Settings
from allegro_privacy.core import figures
from allegro_privacy.core.deadlines import Due
from allegro_privacy.core.duties import Calendar
from allegro_privacy.core.facts import Facts
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.lists import files
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


def refuse_unwritable(path: Path) -> None:
    """Nothing is ever overwritten, and nothing drawn without its library: told before anything is computed."""
    from allegro_privacy.reports import charts

    charts.require()
    if os.path.lexists(path):
        raise UsageError(f"{path} is there already.", "Nothing is ever overwritten.", "Name a file that is not there.")


def write_page(
    path: Path, settings: Settings, period: tuple[date, date], found: "tuple[Figures, Head]", now: datetime
) -> int:
    """The figures as one self-contained page, complete under its name or not there at all; its size in bytes."""
    from allegro_privacy.reports import html  # only a page needs it

    shown, head = found
    content = html.page(
        html.Page(
            settings.shop.name, *period, settings.shop.time_zone, made=now, figures=shown, head=(head.number, head.hash)
        )
    )
    _publish(path, content)
    return len(content)


def _publish(path: Path, content: bytes) -> None:
    part = files.part_name(path.name, files.new_token())
    try:
        directory = os.open(path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _write(directory, part, path.name, content)
        finally:
            os.close(directory)
    except OSError as error:
        why = f"{error.strerror or error}."
        raise PrivacyError(
            f"{path} could not be written; nothing was left behind.", why, "Name another file."
        ) from error


def _write(directory: int, part: str, final: str, content: bytes) -> None:
    try:
        with files.new_file(directory, part) as file:
            file.write(content)
        files.publish(directory, part, final)
    finally:
        files.remove(directory, part)
