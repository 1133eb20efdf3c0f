"""Strangers' text through every command: no control reaches a terminal, markup is not read, nothing breaks."""

import re

import pytest
from office import Desk

ESCAPES = "=?utf-8?b?G1syShtdNTI7YztaWFpwYkE9PQdbcmVkXVNBRkVbL3JlZF0gWy9mb29dIOKArkVGQVMg4oCL?="
SENDER = '"=?utf-8?b?G1szMW1FdmlsWy9mb29dDQrigK4=?=" <evil@example.com>'
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

COMMANDS = [
    ["classify", "mail"],
    ["classify", "mail", "--json"],
    ["pull", "eml:mail", "-v", "-n"],
    ["status"],
    ["review"],
    ["review", "--json"],
    ["find", "evil@example.com"],
    ["why", "evil@example.com"],
    ["why", "evil@example.com", "--json"],
    ["find", "\x1b[31mnobody\u202e"],
    ["why", "[/foo]"],
    ["report"],
    ["pull", "eml:\x1b[2Jgone"],
    ["classify", "\x1b]0;x\x07"],
    ["--\x1b[2J"],
    ["find"],
]


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose mailbox holds hostile mail, read once."""
    desk = Desk(tmp_path_factory.mktemp("visited"))
    desk.run("init", "-q")
    body = "please do not stop mailing me \x1b[2J \x9b31m \u202e unsubscribe me [bold]now[/bold] \x07\x08"
    desk.mail("\u202eevil\x1b[31m.eml", ESCAPES, body, SENDER)
    desk.mail("ask.eml", "NO SNAIL MAIL \x1b[2J", body, SENDER)
    desk.mail("markup.eml", "NO SNAIL MAIL [red]SAFE[/red] [/foo] :smile:", "Harold Finch [b]", SENDER)
    assert desk.run("pull", "eml:mail").code == 0
    return desk


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: ascii(" ".join(arguments)))
def test_no_control_reaches_the_terminal(visited: Desk, arguments: list[str]) -> None:
    ran = visited.run(*arguments)
    assert not UNSAFE.search(ran.text), ascii(ran.text)
    assert "Traceback" not in ran.text
    assert "MarkupError" not in ran.text


def test_markup_is_shown_as_it_was_written(visited: Desk) -> None:
    assert "[red]SAFE[/red] [/foo] :smile:" in visited.run("find", "evil@example.com").out
