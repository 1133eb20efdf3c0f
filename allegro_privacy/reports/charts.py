"""Figures → inline SVG, each with its text alternative. Matplotlib draws; it is an extra, imported on first use.

What the drawing says is decided here; colours are presentation attributes, so that the page's style may replace them in
the dark. Names of strangers are text: nothing in them is read as mathematics or markup.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from allegro_privacy.core.facts import Figure
from allegro_privacy.core.figures_clocks import Kept
from allegro_privacy.errors import PrivacyError
from allegro_privacy.reports.pivot import Pivot, number, pivot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Told apart by most colour-blind eyes (Okabe and Ito); page.css has them again, and for the dark.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#7a6a00")
OTHERS = "#8c8c8c"
KEPT_COLOURS = dict(zip(Kept, ("#009e73", "#56b4e9", "#d55e00", OTHERS, "#cc79a7"), strict=True))
SOFT, LINE = "#5c5c5c", "#d4d4d4"
WIDTH = 460  # units of the drawing; one is a pixel where a chart is as wide as a phone
BAR = 24
MOST_BARS = 12
LONGEST_LABEL = 24
_SETTINGS = {
    "svg.fonttype": "none", "svg.hashsalt": "allegro-privacy", "text.parse_math": False, "font.size": 12,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": SOFT, "axes.axisbelow": True,
    "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelcolor": "black", "ytick.labelcolor": "black",
    "grid.color": LINE, "grid.linewidth": 0.8, "font.family": "DejaVu Sans",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing. svg: as matplotlib wrote it (reports/drawing.py tidies it).  legend: (colour, name).  words: what it
    shows, for who cannot see it."""

    svg: bytes
    legend: tuple[tuple[str, str], ...]
    words: str


def require() -> None:
    """PrivacyError with the command that installs it when the drawing library is missing."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise PrivacyError(
            "The charts of the page need a library that is not installed.",
            f"{error.name or 'It'} is missing.",
            "pip install 'allegro-privacy[html]'",
        ) from None


def chart(figure: Figure) -> Chart | None:
    """The drawing of a figure; None when there is none for it, or nothing to draw."""
    draw = CHARTS.get(figure.name)
    return draw(figure) if draw and any(row.value for row in figure.rows) else None


def weeks(figure: Figure) -> Chart:
    """One column for each week, the most frequent series at its foot."""
    table = pivot(figure)
    names, days = _main_series(table), _every_week(table.rows)
    with _axes(210) as (axes, finish):
        foot = [0.0] * len(days)
        for colour, name, members in names:
            heights = [sum(table.value(day, member) for member in members) for day in days]
            axes.bar(range(len(days)), heights, bottom=foot, width=0.8, color=colour, label=name)
            foot = [below + height for below, height in zip(foot, heights, strict=True)]
        axes.set_xlim(-0.6, max(len(days), 6) - 0.4)
        _dates(axes, days, range(len(days)))
        _counted(axes, "y")
        svg = finish()
    sums = ((name, sum(table.value(day, each) for day in days for each in members)) for _, name, members in names)
    words = f"Columns, one for each week from {days[0]} to {days[-1]}. In all: {_listed(sums)}."
    return Chart(svg, tuple((colour, name) for colour, name, _ in names), words)


def lines(figure: Figure) -> Chart:
    """One line for each series over the days of the period."""
    table = pivot(figure)
    places = [date.fromisoformat(day).toordinal() for day in table.rows]
    names = _main_series(table, most=len(COLOURS))
    with _axes(210) as (axes, finish):
        for colour, _, members in names:
            heights = [sum(table.value(day, member) for member in members) for day in table.rows]
            axes.plot(places, heights, color=colour, linewidth=2, marker="o", markersize=3, clip_on=False)
        _dates(axes, table.rows, places)
        _counted(axes, "y")
        svg = finish()
    ends = ((name, sum(table.value(table.rows[-1], each) for each in members)) for _, name, members in names)
    words = f"Lines from {table.rows[0]} to {table.rows[-1]}. At the end: {_listed(ends)}."
    return Chart(svg, tuple((colour, name) for colour, name, _ in names), words)


def against_the_clock(figure: Figure) -> Chart:
    """One bar for each kind of request, cut into what was in time, late and waiting."""
    table = pivot(figure)
    with _axes(44 + BAR * len(table.rows)) as (axes, finish):
        foot = [0.0] * len(table.rows)
        for kept, colour in KEPT_COLOURS.items():
            lengths = [table.value(about, kept) for about in table.rows]
            axes.barh(range(len(table.rows)), lengths, left=foot, height=0.68, color=colour)
            foot = [before + length for before, length in zip(foot, lengths, strict=True)]
        _named(axes, table.rows)
        _counted(axes, "x")
        svg = finish()
    sums = ((kept, sum(table.value(about, kept) for about in table.rows)) for kept in Kept)
    words = f"Bars, one for each kind of request. In all: {_listed(sums)}."
    return Chart(svg, tuple((colour, kept) for kept, colour in KEPT_COLOURS.items()), words)


def bars(figure: Figure) -> Chart:
    """One bar for each row."""
    rows = figure.rows[:MOST_BARS]
    with _axes(44 + BAR * len(rows)) as (axes, finish):
        drawn = axes.barh(range(len(rows)), [row.value for row in rows], height=0.68, color=COLOURS[0])
        axes.bar_label(drawn, [number(row.value) for row in rows], padding=4)
        axes.set_xmargin(0.12)
        _named(axes, [row.dimension for row in rows])
        _counted(axes, "x")
        svg = finish()
    return Chart(svg, (), f"Bars. {_listed((row.dimension, row.value) for row in rows)}.")


def rates(figure: Figure) -> Chart:
    """One bar for each measured rate, and a line to the upper end of what it may be."""
    found = {row.dimension: row.value for row in figure.rows}
    ends = {name.removesuffix(AT_MOST): value for name, value in found.items() if name.endswith(AT_MOST)}
    with _axes(44 + BAR * len(ends)) as (axes, finish):
        places = range(len(ends))
        axes.barh(places, [found[name] for name in ends], height=0.5, color=COLOURS[3])
        axes.hlines(places, 0, list(ends.values()), color=SOFT, linewidth=1.5)
        axes.plot(list(ends.values()), places, "|", color=SOFT, markersize=12, markeredgewidth=1.5)
        _named(axes, list(ends))
        _counted(axes, "x")
        svg = finish()
    said = (f"{name} {number(found[name])} percent, at most {number(end)}" for name, end in ends.items())
    legend = ((COLOURS[3], "measured, in percent"), (SOFT, "at most (95 % interval)"))
    return Chart(svg, legend, f"Bars. {'; '.join(said)}.")


AT_MOST = ", at most"
CHARTS: Mapping[str, Callable[[Figure], Chart]] = {
    "requests-per-week-by-kind": weeks,
    "requests-per-week-by-via": weeks,
    "against-the-clock": against_the_clock,
    "open-reviews-by-age": bars,
    "list-size": lines,
    "decisions-checked": bars,
    "error-rate": rates,
    "exports-per-recipient": bars,
}


@contextmanager
def _axes(height: int) -> "Iterator[tuple[Axes, Callable[[], bytes]]]":
    """Empty axes, and what writes them out; the drawing depends on nothing that this machine's user has set."""
    import matplotlib as mpl
    from matplotlib.figure import Figure as Drawing

    with mpl.rc_context(), warnings.catch_warnings():
        # A sign that our measuring font lacks: the reader's own fonts show it.
        warnings.simplefilter("ignore", UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        drawing = Drawing(figsize=(WIDTH / 72, height / 72), layout="constrained")

        def finish() -> bytes:
            file = BytesIO()
            drawing.savefig(file, format="svg", transparent=True, metadata={"Date": None})
            return file.getvalue()

        axes = drawing.subplots()
        # A part of no height would hold the top of its column to the frame.
        axes.use_sticky_edges = False
        yield axes, finish


def _counted(axes: "Axes", which: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.set_major_formatter(lambda value, _: number(value))
    axes.grid(axis=which)
    (axes.set_ylim if which == "y" else axes.set_xlim)(0)


def _dates(axes: "Axes", days: Sequence[str], places: Sequence[int]) -> None:
    """At most four dates, so that none stands in another's way."""
    step = max(1, -(-len(days) // 4))
    axes.set_xticks(list(places)[::step], list(days)[::step])
    axes.tick_params(axis="x", pad=8)


def _named(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"


def _main_series(table: Pivot, most: int = len(COLOURS)) -> list[tuple[str, str, tuple[str, ...]]]:
    """(colour, name, what it is made of): the biggest ones each for itself, the rest as one."""
    sums = {name: sum(table.value(row, name) for row in table.rows) for name in table.columns}
    ordered = sorted(sums, key=lambda name: (-sums[name], name))
    groups: list[tuple[str, tuple[str, ...]]] = [(name, (name,)) for name in ordered[:most]]
    rest = tuple(ordered[most:])
    groups += [(rest[0] if len(rest) == 1 else f"{len(rest)} others", rest)] if rest else []
    return [(colour, *group) for colour, group in zip((*COLOURS[:most], OTHERS), groups, strict=False)]


def _every_week(mondays: Sequence[str]) -> list[str]:
    first, last = date.fromisoformat(mondays[0]), date.fromisoformat(mondays[-1])
    return [(first + timedelta(weeks=week)).isoformat() for week in range((last - first).days // 7 + 1)]


def _listed(pairs: Iterator[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in pairs)
