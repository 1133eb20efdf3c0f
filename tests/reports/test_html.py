"""The page: self-contained, inert whatever people are called, and with the numbers that every other report shows."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from half_a_year import HANDLER, SCRIPT
from lxml import html
from office import Desk

from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.facts import CaseFact, Facts, MessageFact, RequestFact
from allegro_privacy.core.figures import figures
from allegro_privacy.reports import charts, pivot
from allegro_privacy.reports.html import Page, page

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)
# Whatever a browser runs or loads, or goes to.
ACTIVE = {
    *("script", "iframe", "object", "embed", "img", "image", "link", "a", "form", "base", "audio", "video", "input"),
    *("animate", "set", "foreignobject", "feimage", "template", "button"),
}


@pytest.fixture(scope="module")
def document(content: Page) -> Any:
    return html.document_fromstring(page(content))


def test_the_page_runs_nothing_and_goes_nowhere(document: Any) -> None:
    for element in document.iter():
        assert element.tag.rpartition("}")[2].lower() not in ACTIVE
        for key, value in element.attrib.items():
            assert not key.startswith("on"), key
            assert key not in {"style", "src", "srcset", "data", "action", "formaction", "xlink:href", "ping"}
            assert key != "href" or value.startswith("#")
            assert not re.search(r"url\((?!#)", value)
    assert "url(" not in document.findtext("head/style")
    assert "@import" not in document.findtext("head/style")


def test_the_policy_allows_one_style_by_its_hash_and_nothing_else(document: Any) -> None:
    (style,) = document.iter("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_hostile_names_are_shown_as_they_were_written(document: Any) -> None:
    text = document.text_content()
    assert f"Allegro {SCRIPT}: privacy requests" in text
    assert f"Print & Co {SCRIPT}" in text
    assert HANDLER.replace("\x1b", "").replace("\u202e", "") in text
    assert document.findtext("head/title").startswith(f"Allegro {SCRIPT}")


def test_what_no_reader_sees_is_taken_out_and_breaks_nothing(content: Page) -> None:
    odd = Facts(
        START, END, messages=(MessageFact("\ud800\0\u202e\x1bvia", "", "x\x0b\ufffe", Verdict.ASK, START, START),)
    )
    written = page(replace(content, shop="\ud800Shop\u2028\0", figures=figures(odd))).decode()
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written)
    assert "Shop : privacy requests" in written


def test_every_chart_has_a_text_alternative_and_the_same_numbers_in_a_table(document: Any) -> None:
    drawn = document.xpath("//figure/*[local-name()='svg']")
    assert {each.getparent().getparent().get("id") for each in drawn} == set(charts.CHARTS)
    for each in drawn:
        assert each.get("role") == "img"
        title, words = (document.get_element_by_id(name) for name in each.get("aria-labelledby").split())
        assert title.text
        assert re.search(r"\d", words.text)
        assert each.getparent().getparent().xpath(".//table")


def test_no_name_stands_twice_and_every_reference_leads_somewhere(document: Any) -> None:
    names = document.xpath("//@id")
    assert len(names) == len(set(names))
    used = {value[1:] for value in document.xpath("//@href")}
    used |= {name for value in document.xpath("//@*") for name in re.findall(r"url\(#([^)]*)\)", value)}
    assert used
    assert used <= set(names)


def test_the_same_facts_give_the_same_bytes_and_carry_the_head(content: Page) -> None:
    assert page(content) == page(content)
    assert content.head[1] in page(content).decode()


def shown(document: Any) -> set[tuple[object, ...]]:
    """(figure, the parts of the dimension, value) of every table of the page."""
    rows: set[tuple[object, ...]] = set()
    for section in document.xpath("//section[@id]"):
        heads = [each.text_content() for each in section.xpath(".//thead/tr/th")]
        for row in section.xpath(".//tbody/tr"):
            name = row.find("th").text_content()
            crossed = section.get("id") in pivot.SHAPES
            for head, cell in zip(heads[1:], row.findall("td"), strict=True):
                about = frozenset({name, head} if crossed else {name})
                rows.add((section.get("id"), about, float(cell.text.replace(",", ""))))
    return rows


def recorded(rows: Iterable[tuple[str, str, float]]) -> set[tuple[object, ...]]:
    """The same of the rows that CSV and JSON show."""
    found: set[tuple[object, ...]] = set()
    for figure, dimension, value in rows:
        mark, _ = pivot.SHAPES.get(figure, ("\n", False))
        first, _, second = dimension.rpartition(mark)
        found.add((figure, frozenset({first, second} - {""}), float(value)))
    return found


def test_the_page_shows_the_numbers_that_json_and_csv_show(content: Page) -> None:
    clean = [row for row in content.figures.as_rows() if row[1].isprintable()]
    assert len(clean) > 200
    on_page = shown(html.document_fromstring(page(content)))
    assert recorded(clean) <= on_page
    # What a table shows and no row has is a pair that never came.
    assert {row[-1] for row in on_page - recorded(content.figures.as_rows()) if HANDLER[:9] not in str(row)} <= {0.0}


def test_a_period_in_which_nothing_happened_has_a_page(content: Page) -> None:
    empty = html.document_fromstring(page(replace(content, figures=figures(Facts(START, END)))))
    assert not empty.xpath("//figure")
    assert len(empty.xpath("//section[@id]")) == len(content.figures.figures)
    assert "None in this period." in empty.text_content()


def test_many_kinds_are_drawn_as_the_biggest_and_the_others(content: Page) -> None:
    requests = tuple(
        RequestFact(f"kind-{number:02}", "", "", "email", "en", Verdict.ACCEPT, None, START, START, START)
        for number in range(20)
    )
    drawn = html.document_fromstring(page(replace(content, figures=figures(Facts(START, END, requests=requests)))))
    legend = drawn.xpath("//section[@id='requests-per-week-by-kind']//figcaption//li")
    assert [each.text_content() for each in legend][-1] == "13 others"
    assert len(drawn.xpath("//section[@id='requests-per-week-by-kind']//thead/tr/th")) == 21


def test_a_new_figure_stands_on_the_page_by_itself(content: Page) -> None:
    cases = (CaseFact("access", "denied", START, START, "email", ""),)
    bundle = figures(Facts(START, END, cases=cases))
    extra = replace(bundle.figures[0], name="drops-ahead", title="Drops ahead")
    drawn = html.document_fromstring(page(replace(content, figures=replace(bundle, figures=(*bundle.figures, extra)))))
    assert drawn.xpath("//section[@id='drops-ahead']")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    assert desk.run("init", "-q").code == 0
    desk.mail("a.eml", "NO E-MAIL")
    desk.mail("b.eml", "Delete my data", "Please delete all the data you hold about me.", "Ana <ana@example.net>")
    assert desk.run("pull", "eml:mail").code == 0
    return desk


class TestAtTheDesk:
    def test_terminal_json_csv_and_page_show_the_same_numbers(self, desk: Desk) -> None:
        told = desk.run("report", "--year", "2026").out
        document = desk.run("report", "--year", "2026", "--json").json
        rows = list(csv.reader(io.StringIO(desk.run("report", "--year", "2026", "--csv").out)))[1:]
        ran = desk.run("report", "--year", "2026", "--html", "year.html", "--json")
        assert ran.json == document | {"page": "year.html", "bytes": (desk.folder / "year.html").stat().st_size}
        numbers = [
            (one["figure"], row["dimension"], float(row["value"])) for one in document["figures"] for row in one["rows"]
        ]
        assert [(figure, dimension, float(value)) for figure, dimension, value in rows] == numbers
        lines = [line.strip() for line in told.splitlines() if re.search(r"^  .*\d$", line)]
        assert [float(line.split()[-1].replace(",", "")) for line in lines] == [value for _, _, value in numbers]
        drawn = shown(html.document_fromstring((desk.folder / "year.html").read_bytes()))
        assert recorded(numbers) <= drawn
        assert {row[-1] for row in drawn - recorded(numbers)} <= {0.0}

    def test_the_file_is_private_complete_and_never_in_the_place_of_another(self, desk: Desk) -> None:
        ran = desk.run("report", "--html", "page.html")
        assert ran.code == 0
        assert re.fullmatch(r"page\.html: \S+ to \S+, \d+ figures, \d+ kB\n", ran.out)
        path = desk.folder / "page.html"
        before = path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        again = desk.run("report", "--html", "page.html")
        assert again.code == 2
        assert "page.html is there already." in again.err
        assert path.read_bytes() == before
        (desk.folder / "dangling.html").symlink_to("nowhere")
        assert desk.run("report", "--html", "dangling.html").code == 2
        assert not list(desk.folder.glob(".*.part"))

    def test_where_nothing_can_be_written_it_says_so(self, desk: Desk) -> None:
        ran = desk.run("report", "--html", "no/such/folder/page.html")
        assert ran.code == 1
        assert "could not be written; nothing was left behind." in ran.err
        assert "No such file or directory" in ran.err

    def test_without_the_library_it_says_how_to_install_it(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "matplotlib.py").write_text("raise ImportError('planted', name='matplotlib')")
        path = os.pathsep.join((str(tmp_path), str(Path(__file__).parents[2])))
        ran = desk.run("report", "--html", "missing.html", "--json", PYTHONPATH=path)
        assert ran.code == 1
        assert json.loads(ran.out)["error"]["fix"] == "pip install 'allegro-privacy[html]'"
        assert not (desk.folder / "missing.html").exists()
        assert desk.run("report", PYTHONPATH=path).code == 0

    @pytest.mark.parametrize(
        "options",
        [["--year", "2026", "--from", "2026-01-01"], ["--year", "-3"], ["--year", "9999"], ["--year", "soon"]],
        ids=" ".join,
    )
    def test_a_year_that_is_none_is_refused(self, desk: Desk, options: list[str]) -> None:
        assert desk.run("report", *options).code == 2

    def test_the_ledger_is_verified_against_a_page_that_left(self, desk: Desk) -> None:
        desk.run("report", "--html", "left.html")
        assert desk.run("verify", "--against", "left.html").code == 0
        path = desk.folder / "left.html"
        head = desk.run("status", "--json").json["head"]["hash"]
        path.write_bytes(path.read_bytes().replace(head.encode(), b"0" * 64))
        assert desk.run("verify", "--against", "left.html").code == 4
        path.write_text("<!DOCTYPE html><p>something else")
        assert "is not a manifest" in desk.run("verify", "--against", "left.html").err
