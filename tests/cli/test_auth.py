"""Signing in from the command line: what a person sees, what is kept, and that no secret is ever shown."""

import json
import os
import re
import stat
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from office import PROJECT, Desk
from servers.token_provider import TokenProvider

BOXES = """
[[mailbox]]
name = "privacy"
role = "privacy"
source = "imaps://privacy@imap.example.com"
sign_in = "xoauth2"
provider = "microsoft"
client_id = "app-1"

[[mailbox]]
name = "customer service"
role = "customer-service"
source = "imaps://customerservice@imap.example.com"
sign_in = "oauthbearer"
provider = "google"
client_id = "app-2"
client_secret_file = "client-secret"

[[mailbox]]
name = "old"
role = "privacy"
source = "imaps://old@imap.example.com"
password_command = "echo canary"

[[mailbox]]
name = "files"
role = "privacy"
source = "maildir:mail"
"""
SECRETS = re.compile("refresh-|access-|device-secret|canary|secret.person|4/code")


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with mailboxes of every sort."""
    config = desk.folder / "allegro-privacy.toml"
    config.write_text(config.read_text().replace("[store]", BOXES + "\n[store]"))
    secret = desk.folder / "client-secret"
    secret.write_text("client-canary\n")
    secret.chmod(0o600)
    return desk


@pytest.mark.parametrize("quiet", [[], ["-q"], ["-v"]])
def test_at_microsoft_the_code_is_shown_and_the_tokens_are_kept(
    office: Desk, provider: TokenProvider, quiet: list[str]
) -> None:
    ran = office.run("auth", "privacy", *quiet)
    assert ran.code == 0
    assert "https://microsoft.com/devicelogin" in ran.err
    assert "ABCD-1234" in ran.err
    path = office.folder / "privacy.token.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["refresh_token"] == provider.refresh_token
    assert ran.out == ("" if quiet == ["-q"] else f"signed in to privacy; the tokens are in {path}\n")
    assert not SECRETS.search(ran.text)


def test_as_json_it_is_one_document(office: Desk, provider: TokenProvider) -> None:
    ran = office.run("auth", "privacy", "--json")
    path = str(office.folder / "privacy.token.json")
    assert ran.json == {"schema": 1, "mailbox": "privacy", "token_file": path, "by_itself": False}
    assert "ABCD-1234" in ran.err


def test_at_google_an_address_is_shown_and_one_is_pasted(office: Desk, provider: TokenProvider) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "allegro_privacy", "auth", "customer service", "--no-browser", "-v"],
        cwd=office.folder,
        env=os.environ | {"PYTHONPATH": PROJECT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        told = []
        while not told or not told[-1].startswith("https://accounts.google.com/"):
            told.append(process.stderr.readline())
            assert told[-1]
        state = parse_qs(urlsplit(told[-1]).query)["state"][0]
        out, err = process.communicate(f"http://127.0.0.1:49501/?state={state}&code=4/code\n", timeout=60)
    assert process.returncode == 0
    assert "signed in to customer service" in out
    assert not SECRETS.search(out + err + "".join(told))
    assert (office.folder / "customer%20service.token.json").exists()


def test_a_sign_in_that_fails_says_what_to_do(office: Desk, provider: TokenProvider) -> None:
    provider.answer = (400, {"error": "expired_token", "error_description": "AADSTS70020: secret.person"})
    ran = office.run("auth", "privacy", "-v")
    assert ran.code == 1
    assert "fix: allegro-privacy auth privacy" in ran.err
    assert not SECRETS.search(ran.text)
    assert not list(office.folder.glob("*.token.json"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody"], "names privacy, customer service, old, files"),
        (["old"], "It uses a password"),
        (["files"], "Its mail lies in files"),
        (["customer service", "--no-browser", "--no-input"], "--no-input forbids to ask"),
        ([], "MAILBOX"),
    ],
)
def test_a_wrong_call_ends_with_two(office: Desk, arguments: list[str], told: str) -> None:
    ran = office.run("auth", *arguments)
    assert ran.code == 2
    assert told in ran.err
