"""HTML is read as a reader sees it: invisible text is not read, quoted mail can be told apart (hostile.md 18)."""

import time

import pytest

from allegro_privacy.sources.html_text import html_to_text, strip_tags

SEEN = {
    "paragraphs": ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    "line breaks": ("One<br>Two<br/>Three", "One\nTwo\nThree"),
    "inline elements join": ("un<b>sub</b>scribe", "unsubscribe"),
    "white space collapses": ("One \n\t two", "One two"),
    "table cells on lines of their own": ("<table><tr><td>Rosa</td><td>33131</td></tr></table>", "Rosa\n33131"),
    "list items on lines of their own": ("<ul><li>One<li>Two</ul>", "One\nTwo"),
    "preformatted text": ("<pre>One\n  Two</pre>", "One\nTwo"),
    "the text of a link but not its target": ('<a href="https://a.example/unsubscribe">here</a>', "here"),
    "entities": ("No&nbsp;m&aacute;s &#8211; &lt;stop&gt;", "No más – <stop>"),
    "no title, style or script": (
        "<head><title>T</title><style>p{}</style></head><body>x<script>STOP</script></body>",
        "x",
    ),
    "no comments": ("a<!-- STOP -->b", "ab"),
    "a NUL and an escape are dropped": ("a\x00b\x1b[2Jc", "ab[2Jc"),
    "an XML declaration": ('<?xml version="1.0" encoding="utf-16"?><html><body>x</body></html>', "x"),
    "tags that never close": ("<p>One<p>Two<div>Three", "One\n\nTwo\n\nThree"),
}

UNSEEN = {
    "display none": '<div style="display: none">STOP</div>',
    "display none with importance": '<span style="DISPLAY:none!important">STOP</span>',
    "visibility hidden": '<span style="visibility:hidden">STOP</span>',
    "font size 0": '<span style="font-size:0">STOP</span>',
    "font size 0px": '<span style="font-size: 0px;">STOP</span>',
    "opacity 0": '<span style="opacity:0">STOP</span>',
    "opacity 0.0": '<span style="opacity:0.0;color:red">STOP</span>',
    "maximal height 0": '<div style="max-height:0px;overflow:hidden">STOP</div>',
    "hidden attribute": "<div hidden>STOP</div>",
    "hidden for Outlook": '<div style="mso-hide:all">STOP</div>',
    "white on white": '<p style="color:#fff;background-color:#FFFFFF">STOP</p>',
    "white on an outer white": '<td bgcolor="#ffffff"><font color="white">STOP</font></td>',
    "preheader by class": '<div class="preheader">STOP</div>',
    "preview text by class": '<span class="email-preview-text">STOP</span>',
    "template": "<template>STOP</template>",
    "inside something hidden": '<div style="display:none"><p>a <b>STOP</b></p></div>',
}

VISIBLE = {
    "opacity 0.5": '<span style="opacity:0.5">STOP</span>',
    "a size inside a container of size 0": '<div style="font-size:0"><span style="font-size:14px">STOP</span></div>',
    "white on black": '<p style="color:white;background:black">STOP</p>',
    "maximal height 0.5em": '<p style="max-height:0.5em">STOP</p>',
    "a border colour like the background": '<p style="border-color:#fff;background:#fff">STOP</p>',
    "after something hidden": '<span style="display:none">x</span>STOP',
}

QUOTES = {
    "a blockquote": ("New<blockquote>Old</blockquote>", "New\n> Old"),
    "nested blockquotes": ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>> b"),
    "Gmail": ('New<div class="gmail_quote">On Mon wrote:<br>Old</div>after', "New\n> On Mon wrote:\n> Old\nafter"),
    "Yahoo": ('New<div class="yahoo_quoted">Old</div>', "New\n> Old"),
    "Outlook on the web, to the end": (
        '<div>New</div><hr><div id="divRplyFwdMsg"><b>From:</b> Allegro</div><div>Old</div>',
        "New\n> From: Allegro\n> Old",
    ),
    "Outlook's empty mark": ('<div>New</div><div id="appendonsend"></div><p>Old</p>', "New\n> Old"),
    "Thunderbird": (
        'New<div class="moz-cite-prefix">On Mon wrote:</div><blockquote>Old</blockquote>',
        "New\n> On Mon wrote:\n> Old",
    ),
}


def squeezed(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip("> "))


@pytest.mark.parametrize(("source", "expected"), SEEN.values(), ids=SEEN)
def test_what_is_seen_is_read(source: str, expected: str) -> None:
    assert html_to_text(source) == expected


@pytest.mark.parametrize("source", UNSEEN.values(), ids=UNSEEN)
def test_what_is_not_seen_is_not_read(source: str) -> None:
    assert html_to_text(f"<p>Hello</p>{source}<p>Rosa</p>").split() == ["Hello", "Rosa"]


@pytest.mark.parametrize("source", VISIBLE.values(), ids=VISIBLE)
def test_what_only_looks_hidden_is_read(source: str) -> None:
    assert "STOP" in html_to_text(source)


@pytest.mark.parametrize(("source", "expected"), QUOTES.values(), ids=QUOTES)
def test_quoted_mail_is_marked(source: str, expected: str) -> None:
    assert squeezed(html_to_text(source)) == expected


def test_a_forwarded_block_is_not_marked_as_a_quote() -> None:
    source = '<p>See below</p><div class="gmail_quote">---------- Forwarded message ---------<br>From: Rosa</div>'
    assert ">" not in html_to_text(source)


def test_below_a_forwarding_subject_the_old_mail_is_not_marked_as_a_quote() -> None:
    source = '<p>See below</p><div id="divRplyFwdMsg">From: Rosa</div><div>NO E-MAIL</div>'
    assert ">" not in html_to_text(source, forwarded=True)


HOSTILE = {
    "deep": "<div>" * 100_000 + "STOP",
    "rather deep": "<div>" * 1500 + "STOP",
    "open brackets": "<" * 500_000,
    "ampersands": "&" * 500_000,
    "attributes": "<p " + "a=b " * 100_000 + ">STOP",
    "styles that never close": "<style>" * 70_000,
    "one long style": "<p style='" + "a:b;" * 100_000 + "'>STOP",
    "quotes": "<blockquote>" * 40_000 + "STOP",
    "line breaks": "<br>" * 120_000,
    "cells": "<table><tr>" + "<td>x" * 80_000,
    "links": "<a href=x>" * 50_000 + "STOP",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_hostile_html_is_read_in_time(source: str) -> None:
    started = time.perf_counter()
    text = html_to_text(source)
    assert time.perf_counter() - started < 5
    if source.endswith("STOP") and len(source) < 500_000:
        assert "STOP" in text


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_hostile_html_is_stripped_in_time(source: str) -> None:
    started = time.perf_counter()
    strip_tags(source[: 512 * 1024])
    assert time.perf_counter() - started < 5
