"""One self-contained page: figures as charts and as tables of the same numbers.

It loads nothing and runs nothing: its content policy forbids both, and its one style is named by its hash. The page is
built of elements, never of strings, so that no name in it can become markup.
"""

import base64
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from lxml import html
from lxml.html.builder import E

from allegro_privacy.core.facts import Figure, Row
from allegro_privacy.core.figures import Figures
from allegro_privacy.core.moments import utc_text
from allegro_privacy.reports import charts
from allegro_privacy.reports.drawing import SVG, drawing
from allegro_privacy.reports.pivot import has_two_parts, number, pivot

BEGINNING = b"<!DOCTYPE html>"
WIDE = 6  # columns, from which a table wants the whole width of a printed page


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on it. head: number and hash of the ledger's last event when the figures were read."""

    shop: str
    first: date
    last: date
    zone: str
    made: datetime
    figures: Figures
    head: tuple[int, str]


# Title, what to know, the names of its figures. A figure that none names stands under the last title.
SECTIONS = (
    ("What was asked", "Weeks begin on Monday.", ("requests-per-week-by-kind", "requests-per-week-by-via")),
    (
        "Was it done in time?",
        "The safe date is under the strictest way of counting, the last date is the law's.",
        ("against-the-clock", "open-reviews-by-age", "median-time-to-effect", "longest-time-to-effect"),
    ),
    ("The lists", "", ("list-size", "exports-per-recipient", "acknowledgements-behind", "drops-ahead", "leaks-found")),
    (
        "How often was the program wrong?",
        "Of its own decisions that a person checked. Few checks prove little.",
        ("decisions-checked", "error-rate"),
    ),
    (
        "Privacy requests",
        "As 11 CCR 7101 and 7102 ask. An answer counts in the period in which it was given.",
        ("rights-requests", "median-days-to-answer", "mean-days-to-answer", "rights-by-via", "denials-by-reason",
         "open-cases-by-state"),
    ),
)  # fmt: skip
REST = "The other figures"


def page(content: Page) -> bytes:
    """The whole page in UTF-8; the same content gives the same bytes."""
    charts.require()
    style = (files("allegro_privacy.reports") / "page.css").read_text("utf-8")
    title = f"{_plain(content.shop)}: privacy requests, {content.first} to {content.last}"
    document = E.html(
        E.head(
            E.meta(charset="utf-8"),
            E.meta({"http-equiv": "Content-Security-Policy", "content": _policy(style)}),
            E.meta(name="viewport", content="width=device-width, initial-scale=1"),
            E.meta(name="referrer", content="no-referrer"),
            E.title(title),
            E.style(style),
        ),
        E.body(_head(content), E.main(*_sections(content.figures)), _foot(content)),
        lang="en",
    )
    written: bytes = html.tostring(document, doctype=BEGINNING.decode(), encoding="utf-8")
    return written + b"\n"


def head_in(content: bytes) -> tuple[int, str] | None:
    """The ledger's head that a page carries; None when it carries none."""
    said = html.document_fromstring(content).xpath("//footer/p[@id='ledger']/span/text()")
    return (int(said[0]), said[1]) if len(said) == 2 and said[0].isdecimal() else None


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _head(content: Page) -> Any:
    days = f"{content.first} to {content.last} ({_plain(content.zone)})"
    tiles = (E.div(E.dt(name), E.dd(number(value))) for name, value in _tiles(content.figures))
    return E.header(
        E.h1(f"{_plain(content.shop)}: privacy requests"),
        E.p(days, E.span(f" · made at {utc_text(content.made)}", {"class": "soft"})),
        E.dl({"class": "tiles"}, *tiles),
    )


def _tiles(figures: Figures) -> Iterator[tuple[str, float]]:
    by_name = {figure.name: figure.rows for figure in figures.figures}
    late = [row for row in by_name["against-the-clock"] if row.dimension.endswith("late")]
    yield "requests received", _sum(by_name["received-by-kind"])
    yield "not yet in effect", _sum(by_name["not-yet-in-effect"])
    yield "done late, or late now", _sum(late)
    yield "open reviews", _sum(by_name["open-reviews-by-age"])
    yield "open privacy requests", _sum(by_name["open-cases-by-state"])


def _sum(rows: "tuple[Row, ...] | list[Row]") -> float:
    return sum(row.value for row in rows)


def _sections(figures: Figures) -> Iterator[Any]:
    by_name = {figure.name: figure for figure in figures.figures}
    named = {name for _, _, names in SECTIONS for name in names}
    rest = tuple(name for name in by_name if name not in named)
    for title, note, names in (*SECTIONS, (REST, "", rest)):
        shown = [_figure(by_name[name]) for name in names if name in by_name]
        notes = [E.p({"class": "soft"}, note)] if note else []
        yield E.section(E.h2(title), *notes, E.div({"class": "figures"}, *shown))


def _figure(figure: Figure) -> Any:
    found, title = charts.chart(_safe(figure)), E.h3(_plain(f"{figure.title} ({figure.unit})"))
    if not figure.rows:
        return E.section({"class": "figure", "id": figure.name}, title, E.p({"class": "soft"}, "None in this period."))
    table = _table(_safe(figure))
    wide = " wide" if len(table.findall("thead/tr/th")) > WIDE else ""
    drawn = " drawn" if found else ""
    shown = E.div({"class": "scroll", "tabindex": "0", "role": "region", "aria-label": figure.title}, table)
    parts = [shown]
    if found:
        picture = drawing(found, figure.name, figure.title)
        parts = [E.figure(picture, E.figcaption(*_legend(found))), E.details(E.summary("The numbers"), shown, open="")]
    return E.section({"class": f"figure{wide}{drawn}", "id": figure.name}, title, *parts)


def _legend(found: charts.Chart) -> list[Any]:
    return [E.ul(*(E.li(_key(colour), name) for colour, name in found.legend))] if found.legend else []


def _key(colour: str) -> Any:
    key = E.svg({"class": "key", "viewBox": "0 0 10 10", "aria-hidden": "true", "xmlns": SVG})
    key.append(E.rect({"width": "10", "height": "10", "fill": colour}))
    return key


def _table(figure: Figure) -> Any:
    if has_two_parts(figure):
        return _crossed(figure)
    rows = (E.tr(E.th(row.dimension, scope="row"), E.td(number(row.value))) for row in figure.rows)
    head = E.tr(E.th("", scope="col"), E.th(figure.unit, scope="col"))
    return E.table(E.thead(head), E.tbody(*rows))


def _crossed(figure: Figure) -> Any:
    crossed = pivot(figure)
    corner = "" if not crossed.dated else "day" if figure.name == "list-size" else "week of"
    head = E.tr(*(E.th(*_broken(name), scope="col") for name in (corner, *crossed.columns)))
    kind = {"class": "date"} if crossed.dated else {}
    rows = (
        E.tr(E.th(kind, row, scope="row"), *(E.td(number(crossed.value(row, column))) for column in crossed.columns))
        for row in crossed.rows
    )
    return E.table(E.thead(head), E.tbody(*rows))


def _broken(name: str) -> Iterator[Any]:
    """A name that may go on in the next line behind its slash."""
    first, slash, second = name.partition("/")
    yield from (first + slash, E.wbr(), second) if slash else (name,)


def _safe(figure: Figure) -> Figure:
    return Figure(
        figure.name, figure.title, figure.unit, tuple(Row(_plain(row.dimension), row.value) for row in figure.rows)
    )


def _plain(text: str) -> str:
    """Without the signs that no reader sees (controls, directions, surrogates): HTML and XML forbid or misread them."""
    if text.isprintable():
        return text
    return "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _seen(sign))


def _seen(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _foot(content: Page) -> Any:
    place, digest = content.head
    return E.footer(
        E.p({"id": "ledger"}, "Ledger: event ", E.span(str(place)), ", ", E.span({"class": "hash"}, digest)),
        E.p(
            {"class": "soft"},
            "This number and hash name the state of the ledger that the figures were read from: allegro-privacy verify "
            "--against this page says whether the ledger still holds it. The same figures as JSON or CSV: "
            "allegro-privacy report --json, --csv. This page loads nothing and runs nothing.",
        ),
    )
