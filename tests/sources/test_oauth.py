"""Tokens: refreshed once whoever asks, never lost, never told, and accepted by a real server."""

import contextlib
import imaplib
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from servers.dovecot import Dovecot
from servers.token_provider import TokenProvider

from allegro_privacy.core.account import Account, Method, Security, SignIn
from allegro_privacy.errors import PrivacyError, SignInError, UnreachableError, UsageError
from allegro_privacy.sources import oauth, sasl, tokens

PROJECT = str(Path(__file__).parents[2])
USER = "privacy"
SECRETS = ("refresh-", "access-", "client-canary", "device-secret", "secret.person")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["microsoft", "google"])
def sign_in(request: pytest.FixtureRequest, tmp_path: Path) -> SignIn:
    """A mailbox at either provider; nobody has signed in yet."""
    return microsoft(tmp_path) if request.param == "microsoft" else google(tmp_path)


def microsoft(folder: Path) -> SignIn:
    return SignIn(
        USER,
        Method.XOAUTH2,
        provider="microsoft",
        client_id="app-1",
        tenant="organizations",
        token_file=folder / "box.token.json",
        mailbox="box",
    )


def google(folder: Path) -> SignIn:
    secret = folder / "client-secret"
    secret.write_text("client-canary\n")
    secret.chmod(0o600)
    own = replace(microsoft(folder), provider="google", tenant="", client_secret_file=secret)
    return replace(own, method=Method.OAUTHBEARER)


def keep(
    sign_in: SignIn, access: str = "access-0", refresh: str = "refresh-0", minutes: float = 60, **extra: Any
) -> Path:
    """A token file as the program writes it."""
    path = sign_in.token_file
    assert path is not None
    then = now() - timedelta(hours=1)
    document = {
        "schema": 1,
        "provider": sign_in.provider,
        "client_id": sign_in.client_id,
        "tenant": sign_in.tenant,
        "user": sign_in.user,
        "access_token": access,
        "obtained": then.isoformat(),
        "expires": (now() + timedelta(minutes=minutes)).isoformat(),
        "refresh_token": refresh,
    }
    path.write_text(json.dumps(document | extra))
    path.chmod(0o600)
    return path


def kept(sign_in: SignIn) -> dict[str, Any]:
    assert sign_in.token_file is not None
    document: dict[str, Any] = json.loads(sign_in.token_file.read_text())
    return document


def refused(call: Callable[[], object], kind: type[PrivacyError] = SignInError) -> PrivacyError:
    with pytest.raises(kind) as caught:
        call()
    told = f"{caught.value.what} {caught.value.why} {caught.value.fix}"
    assert not [secret for secret in SECRETS if secret in told]
    assert caught.value.why
    assert caught.value.fix
    return caught.value


class TestAStoredToken:
    def test_one_that_is_good_is_used_without_asking(self, sign_in: SignIn, provider: TokenProvider) -> None:
        keep(sign_in)
        assert oauth.access_token(sign_in, now()) == "access-0"
        assert provider.asked == []

    def test_using_it_loads_no_library(self, sign_in: SignIn) -> None:
        keep(sign_in)
        code = ASK + "print(sorted({'msal', 'requests', 'google.auth', 'oauthlib'} & set(sys.modules)))"
        assert run(code, sign_in).splitlines() == ["access-0", "[]"]

    @pytest.mark.parametrize("minutes", [4, 0, -600])
    def test_one_that_soon_expires_is_renewed_and_the_new_refresh_token_kept(
        self, sign_in: SignIn, provider: TokenProvider, minutes: float
    ) -> None:
        path = keep(sign_in, minutes=minutes)
        assert oauth.access_token(sign_in, now()) == "access-1"
        assert kept(sign_in)["refresh_token"] == provider.refresh_token == "refresh-1"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert oauth.access_token(sign_in, now()) == "access-1"
        assert provider.grants() == ["refresh_token"]
        assert provider.asked[0]["client_id"] == "app-1"

    def test_an_old_refresh_token_stays_when_the_provider_gives_no_new_one(
        self, sign_in: SignIn, provider: TokenProvider
    ) -> None:
        provider.rotates = False
        keep(sign_in, minutes=-1)
        oauth.access_token(sign_in, now())
        assert kept(sign_in)["refresh_token"] == "refresh-0"

    def test_one_that_the_server_refused_is_renewed_though_it_looks_good(
        self, sign_in: SignIn, provider: TokenProvider
    ) -> None:
        keep(sign_in)
        assert oauth.access_token(sign_in, now(), force=True) == "access-1"
        # Whoever is refused in the same moment gets what the other has just been given.
        assert oauth.access_token(sign_in, now(), force=True) == "access-1"
        assert oauth.access_token(sign_in, now() - timedelta(seconds=5), force=True) == "access-1"
        assert oauth.access_token(sign_in, now() + timedelta(minutes=2), force=True) == "access-2"

    def test_one_that_was_renewed_while_we_waited_is_taken_however_long_that_was(
        self, sign_in: SignIn, provider: TokenProvider
    ) -> None:
        path = keep(sign_in)
        with tokens.alone(path, sign_in):
            waiting = started(ASK, sign_in, force=True)
            _until(lambda: _has_open(waiting, f"{path}.lock"))
            keep(sign_in, access="access-of-another")
        assert waiting.communicate(timeout=60)[0].strip() == "access-of-another"
        assert provider.asked == []

    def test_renewing_says_nothing_of_itself_in_the_log(
        self, sign_in: SignIn, provider: TokenProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        keep(sign_in, minutes=-1)
        oauth.access_token(sign_in, now())
        assert not [secret for secret in SECRETS if secret in caplog.text]

    @pytest.mark.parametrize("state", ["none", "damaged", "half", "another user", "another client", "no dates"])
    def test_a_file_that_cannot_be_used_ends_in_what_to_type(self, sign_in: SignIn, state: str) -> None:
        path = keep(sign_in)
        match state:
            case "none":
                path.unlink()
            case "damaged":
                path.write_text("[1, 2")
            case "half":
                path.write_text('{"schema": 1, "access_token": 3}')
            case "another user":
                keep(sign_in, user="customerservice")
            case "another client":
                keep(sign_in, client_id="app-2")
            case "no dates":
                keep(sign_in, expires="tomorrow")
        error = refused(lambda: oauth.access_token(sign_in, now()))
        assert error.fix == "allegro-privacy auth box"

    def test_a_mailbox_with_blanks_in_its_name_is_quoted(self, tmp_path: Path) -> None:
        error = refused(lambda: oauth.access_token(replace(microsoft(tmp_path), mailbox="the box"), now()))
        assert error.fix == "allegro-privacy auth 'the box'"

    def test_a_file_that_others_may_read_is_refused(self, sign_in: SignIn) -> None:
        keep(sign_in).chmod(0o640)
        assert refused(lambda: oauth.access_token(sign_in, now())).fix == f"chmod 600 {sign_in.token_file}"


class TestWhenTheProviderSaysNo:
    def test_an_expired_or_withdrawn_sign_in_ends_in_what_to_type(
        self, sign_in: SignIn, provider: TokenProvider
    ) -> None:
        path = keep(sign_in, refresh="refresh-withdrawn", minutes=-1)
        before = path.read_bytes()
        error = refused(lambda: oauth.access_token(sign_in, now()))
        assert error.fix == "allegro-privacy auth box"
        assert "invalid_grant" in error.why
        assert ("AADSTS70000" in error.why) is (sign_in.provider == "microsoft")
        assert path.read_bytes() == before
        assert sorted(each.name for each in path.parent.glob("*.part")) == []

    def test_an_application_that_it_does_not_know_is_told_apart(self, sign_in: SignIn, provider: TokenProvider) -> None:
        provider.answer = (
            401,
            {"error": "invalid_client", "error_description": "AADSTS7000222: secret.person expired"},
        )
        keep(sign_in, minutes=-1)
        assert "application" in refused(lambda: oauth.access_token(sign_in, now())).why

    @pytest.mark.parametrize(
        "answer",
        [
            (503, {"error": "temporarily_unavailable"}),
            (500, "<html>"),
            (200, "<html>"),
            (200, {}),
            (200, {"expires_in": 1}),
        ],
        ids=["busy", "broken", "a page instead", "nothing", "no token"],
    )
    def test_an_answer_that_is_none_is_tried_again_later(
        self, sign_in: SignIn, provider: TokenProvider, answer: tuple[int, Any]
    ) -> None:
        provider.answer = answer
        keep(sign_in, minutes=-1)
        assert refused(lambda: oauth.access_token(sign_in, now()), UnreachableError).exit_code == 75
        assert kept(sign_in)["refresh_token"] == "refresh-0"

    def test_one_that_cannot_be_reached_is_tried_again_later(
        self, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        keep(sign_in, minutes=-1)
        refused(lambda: oauth.access_token(sign_in, now()), UnreachableError)

    def test_one_that_is_not_who_it_says_is_not_believed(
        self, sign_in: SignIn, provider: TokenProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        keep(sign_in, minutes=-1)
        refused(lambda: oauth.access_token(sign_in, now()), UnreachableError)
        assert provider.asked == []

    def test_without_the_libraries_the_extra_is_named(self, sign_in: SignIn, tmp_path: Path) -> None:
        keep(sign_in, minutes=-1)
        for name in ("msal.py", "requests.py"):
            (tmp_path / name).write_text("raise ImportError(name='msal')\n")
        assert "pip install 'allegro-privacy[oauth]'" in run(ASK, sign_in, path=str(tmp_path))


ASK = """
import pickle, sys
from datetime import UTC, datetime
from allegro_privacy.errors import PrivacyError
from allegro_privacy.sources import oauth
sign_in, force = pickle.loads(bytes.fromhex(sys.argv[1]))
try:
    print(oauth.access_token(sign_in, datetime.now(UTC), force), flush=True)
except PrivacyError as error:
    print(type(error).__name__, error.what, error.why, error.fix)
"""


def started(code: str, sign_in: SignIn, force: bool = False, path: str = "", **options: Any) -> subprocess.Popen[str]:
    import pickle

    given = pickle.dumps((sign_in, force)).hex()
    environment = os.environ | {"PYTHONPATH": f"{path}:{PROJECT}"}
    return subprocess.Popen(
        [sys.executable, "-c", code, given], stdout=subprocess.PIPE, text=True, env=environment, **options
    )


def run(code: str, sign_in: SignIn, path: str = "", **options: Any) -> str:
    process = started(code, sign_in, path=path, **options)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out.strip()


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def _has_open(process: subprocess.Popen[str], path: str) -> bool:
    with contextlib.suppress(OSError):
        return any(str(link.readlink()) == path for link in Path(f"/proc/{process.pid}/fd").iterdir())
    return False


class TestTwoProcesses:
    @pytest.mark.parametrize("force", [False, True])
    def test_many_at_once_refresh_once_and_all_get_the_new_token(
        self, sign_in: SignIn, provider: TokenProvider, force: bool
    ) -> None:
        provider.pause = 0.5
        keep(sign_in, minutes=60 if force else -1)
        processes = [started(ASK, sign_in, force) for _ in range(4)]
        told = [process.communicate(timeout=60)[0].strip() for process in processes]
        assert told == ["access-1"] * 4
        assert provider.grants() == ["refresh_token"]
        assert provider.replayed == 0
        assert kept(sign_in)["refresh_token"] == provider.refresh_token

    def test_round_after_round_no_refresh_token_is_lost(self, sign_in: SignIn, provider: TokenProvider) -> None:
        """Each token expires at once, so everybody refreshes, one after the other."""
        provider.seconds = 60
        keep(sign_in, minutes=-1)
        processes = [started(ASK, sign_in) for _ in range(4)]
        told = {process.communicate(timeout=60)[0].strip() for process in processes}
        assert told == {f"access-{number}" for number in range(1, 5)}
        assert provider.replayed == 0
        assert kept(sign_in)["refresh_token"] == provider.refresh_token == "refresh-4"

    def test_one_that_is_killed_leaves_the_old_file_whole_and_the_lock_free(
        self, sign_in: SignIn, provider: TokenProvider
    ) -> None:
        provider.pause = 30
        path = keep(sign_in, minutes=-1)
        before = path.read_bytes()
        process = started(ASK, sign_in)
        _until(lambda: bool(provider.asked))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert path.read_bytes() == before
        provider.pause = 0
        assert oauth.access_token(sign_in, now()).startswith("access-")
        assert list(path.parent.glob(".*.part")) == []

    def test_a_disk_without_room_is_noticed_before_the_provider_is_asked(
        self, sign_in: SignIn, provider: TokenProvider
    ) -> None:
        keep(sign_in, minutes=-1)

        def no_room() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        told = run(ASK, sign_in, preexec_fn=no_room, stderr=subprocess.DEVNULL)
        assert told.startswith("SignInError The tokens of the mailbox box cannot be kept.")
        assert provider.asked == []
        assert kept(sign_in)["refresh_token"] == "refresh-0"

    def test_a_lock_that_is_never_given_up_ends_in_try_again_later(self, tmp_path: Path) -> None:
        path = keep(microsoft(tmp_path))
        with (
            tokens.alone(path, microsoft(tmp_path)),
            pytest.raises(UnreachableError) as caught,
            tokens.alone(path, microsoft(tmp_path), patience=0.2),
        ):
            raise AssertionError
        assert caught.value.exit_code == 75


class Person:
    """Somebody who signs in: reads what is shown, types what is asked."""

    def __init__(self, browser: bool = False) -> None:
        self.shown: list[str] = []
        self.browser = browser
        self.state = ""
        self.typed = "http://127.0.0.1:49501/?state={state}&code=4/code&scope=https://mail.google.com/"
        self.query: dict[str, str] = {}
        self.came_back: list[threading.Thread] = []
        self.on_show: Callable[[], None] = lambda: None

    def show(self, line: str) -> None:
        self.shown.append(line)
        self.on_show()
        if line.startswith("https://accounts.google.com/"):
            self.query = {key: values[0] for key, values in parse_qs(urlsplit(line).query).items()}
            if self.browser:
                url = f"{self.query['redirect_uri']}?state={self.query['state']}&code=4/code"
                self.came_back.append(threading.Thread(target=self._follow, args=(url,), daemon=True))
                self.came_back[-1].start()

    def _follow(self, url: str) -> None:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as page:
            page.read()

    def ask(self, _: str) -> str:
        return self.typed.format(state=self.query.get("state", ""))

    @property
    def talk(self) -> oauth.Conversation:
        return oauth.Conversation(self.show, self.ask, self.browser)


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "true")


class TestSigningIn:
    def test_at_microsoft_a_code_is_typed_anywhere(self, provider: TokenProvider, tmp_path: Path) -> None:
        sign_in, person = microsoft(tmp_path), Person()
        done = oauth.begin_sign_in(sign_in, person.talk, now())
        assert "ABCD-1234" in person.shown[0]
        assert "https://microsoft.com/devicelogin" in person.shown[0]
        assert "device-secret" not in " ".join(person.shown)
        assert provider.grants() == ["device_code"]
        assert "IMAP.AccessAsUser.All" in provider.asked[0].get("scope", "IMAP.AccessAsUser.All")
        assert (done.file, done.by_itself) == (sign_in.token_file, False)
        assert oauth.access_token(sign_in, now()) == "access-1"
        assert oauth.access_token(sign_in, now() + timedelta(days=1)) == "access-2"
        assert stat.S_IMODE(done.file.stat().st_mode) == 0o600

    @pytest.mark.parametrize("browser", [False, True])
    def test_at_google_with_a_browser_here_or_anywhere(
        self, provider: TokenProvider, tmp_path: Path, browser: bool, capfd: pytest.CaptureFixture[str]
    ) -> None:
        sign_in, person = google(tmp_path), Person(browser)
        oauth.begin_sign_in(sign_in, person.talk, now())
        assert person.query["scope"] == "https://mail.google.com/"
        assert person.query["access_type"] == "offline"
        assert person.query["code_challenge_method"] == "S256"
        assert person.query["login_hint"] == USER
        assert provider.grants() == ["authorization_code"]
        assert provider.asked[0]["code"] == "4/code"
        assert kept(sign_in)["refresh_token"] == "refresh-1"
        assert oauth.access_token(sign_in, now() + timedelta(days=1)) == "access-2"
        assert capfd.readouterr().out == ""

    @pytest.mark.parametrize(
        "typed",
        ["", "no address", "http://127.0.0.1:49501/?state=other&code=4/code", "http://127.0.0.1/?error=access_denied"],
        ids=["nothing", "nonsense", "another's answer", "a no"],
    )
    def test_a_google_answer_that_is_none_keeps_nothing(
        self, provider: TokenProvider, tmp_path: Path, typed: str
    ) -> None:
        sign_in, person = google(tmp_path), Person()
        person.typed = typed
        assert refused(lambda: oauth.begin_sign_in(sign_in, person.talk, now())).fix == "allegro-privacy auth box"
        assert provider.asked == []
        assert sorted(each.name for each in tmp_path.glob("*token*")) == ["box.token.json.lock"]

    def test_googles_own_file_of_the_client_is_understood(self, provider: TokenProvider, tmp_path: Path) -> None:
        sign_in = google(tmp_path)
        assert sign_in.client_secret_file is not None
        sign_in.client_secret_file.write_text(json.dumps({"installed": {"client_secret": "client-canary-2"}}))
        oauth.begin_sign_in(sign_in, Person().talk, now())
        oauth.access_token(sign_in, now() + timedelta(days=1))
        assert provider.asked[1]["client_secret"] == "client-canary-2"
        sign_in.client_secret_file.write_text('{"web": {}}')
        assert "desktop" in refused(lambda: oauth.begin_sign_in(sign_in, Person().talk, now())).why

    def test_at_microsoft_the_program_may_sign_in_as_itself(self, provider: TokenProvider, tmp_path: Path) -> None:
        secret = google(tmp_path).client_secret_file
        sign_in = replace(microsoft(tmp_path), client_secret_file=secret, tenant="shop.example")
        assert oauth.access_token(sign_in, now()) == "access-1"
        assert oauth.access_token(sign_in, now()) == "access-1"
        assert oauth.access_token(sign_in, now() + timedelta(hours=2)) == "access-2"
        assert provider.grants() == ["client_credentials"] * 2
        assert provider.asked[0]["scope"].split()[0] == "https://outlook.office365.com/.default"
        assert oauth.begin_sign_in(sign_in, Person().talk, now()).by_itself

    def test_a_place_that_cannot_be_written_is_told_before_anybody_signs_in(
        self, provider: TokenProvider, tmp_path: Path
    ) -> None:
        sign_in, person = replace(microsoft(tmp_path), token_file=tmp_path / "none" / "box.token.json"), Person()
        assert "cannot be kept" in refused(lambda: oauth.begin_sign_in(sign_in, person.talk, now())).what
        assert person.shown == []

    def test_meanwhile_others_go_on_with_the_old_tokens(self, provider: TokenProvider, tmp_path: Path) -> None:
        sign_in, person = microsoft(tmp_path), Person()
        keep(sign_in, minutes=-1)
        person.on_show = lambda: tokens_used.append(oauth.access_token(sign_in, now()))
        tokens_used: list[str] = []
        oauth.begin_sign_in(sign_in, person.talk, now())
        assert tokens_used == ["access-1", "access-1"]
        assert oauth.access_token(sign_in, now()) == "access-2"

    def test_a_new_sign_in_takes_the_place_of_a_damaged_one(self, provider: TokenProvider, tmp_path: Path) -> None:
        keep(microsoft(tmp_path)).write_text("{")
        oauth.begin_sign_in(microsoft(tmp_path), Person().talk, now())
        assert oauth.access_token(microsoft(tmp_path), now()) == "access-1"

    @pytest.mark.parametrize("sign_in", [SignIn(USER), SignIn(USER, token_command="echo x")])
    def test_where_there_is_nothing_to_sign_in_to_it_says_so(self, sign_in: SignIn) -> None:
        refused(lambda: oauth.begin_sign_in(sign_in, Person().talk, now()), UsageError)


class TestATokenCommand:
    def test_it_prints_the_token(self) -> None:
        assert (
            oauth.access_token(SignIn(USER, Method.XOAUTH2, token_command="echo abc.def; echo x"), now()) == "abc.def"
        )

    @pytest.mark.parametrize(
        "line", ["echo access- is", "echo; echo x", "printf 'access-\\001'", "echo access-é", "exit 1"]
    )
    def test_what_is_no_token_is_refused(self, line: str) -> None:
        refused(lambda: oauth.access_token(SignIn(USER, Method.XOAUTH2, token_command=line, mailbox="box"), now()))

    def test_without_any_source_of_tokens_it_says_so(self) -> None:
        refused(lambda: oauth.access_token(SignIn(USER, Method.XOAUTH2), now()))


def test_a_token_shows_in_no_repr() -> None:
    shown = repr(tokens.Tokens("access-1", now(), now(), "refresh-1"))
    assert "access-1" not in shown
    assert "refresh-1" not in shown


class TestSasl:
    def test_the_messages_are_those_of_the_standards(self) -> None:
        assert sasl.xoauth2("someuser@example.com", "ya29.x") == (
            b"user=someuser@example.com\x01auth=Bearer ya29.x\x01\x01"
        )
        assert sasl.oauthbearer("a=b,c@example.com", "ya29.x", "imap.example.com", 993) == (
            b"n,a=a=3Db=2Cc@example.com,\x01host=imap.example.com\x01port=993\x01auth=Bearer ya29.x\x01\x01"
        )

    @pytest.mark.parametrize(
        ("user", "token", "host"),
        [
            ("a\x01b", "t", "h"),
            ("a\r\nb", "t", "h"),
            ("", "t", "h"),
            ("a", "t\x01", "h"),
            ("a", "t t", "h"),
            ("a", "", "h"),
        ],
    )
    def test_no_value_can_add_a_field(self, user: str, token: str, host: str) -> None:
        refused(lambda: sasl.xoauth2(user, token))
        refused(lambda: sasl.oauthbearer(user, token, host, 993))

    def test_nor_can_the_host(self) -> None:
        refused(lambda: sasl.oauthbearer("a", "t", "h\x01auth=x", 993))

    @pytest.mark.parametrize("method", [Method.XOAUTH2, Method.OAUTHBEARER])
    def test_a_real_server_lets_the_right_one_in_and_the_wrong_one_not(self, dovecot: Dovecot, method: Method) -> None:
        where = Account(dovecot.host, dovecot.port, SignIn(USER, method), security=Security.PLAIN)

        def enter(token: str) -> str:
            with imaplib.IMAP4(where.host, where.port, timeout=10) as client:
                client.authenticate(sasl.mechanism(method), sasl.answers(where, token))
                return client.state

        assert enter(dovecot.token(USER)) == "AUTH"
        for wrong in (dovecot.token(USER, expires=-60), dovecot.token("customerservice"), "nonsense"):
            with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
                enter(wrong)

    def test_a_token_refused_by_the_server_is_renewed_once_and_then_accepted(
        self, dovecot: Dovecot, provider: TokenProvider, tmp_path: Path
    ) -> None:
        """The whole way: a stored token that the server no longer takes, one refresh, in."""
        provider.access = lambda _: dovecot.token(USER)
        sign_in = microsoft(tmp_path)
        keep(sign_in, access=dovecot.token(USER, expires=-60))
        where = Account(dovecot.host, dovecot.port, sign_in, security=Security.PLAIN)
        with imaplib.IMAP4(where.host, where.port, timeout=10) as client:
            with pytest.raises(imaplib.IMAP4.error):
                client.authenticate("XOAUTH2", sasl.answers(where, oauth.access_token(sign_in, now())))
            client.authenticate("XOAUTH2", sasl.answers(where, oauth.access_token(sign_in, now(), force=True)))
            assert client.select("INBOX", readonly=True)[0] == "OK"
        assert provider.grants() == ["refresh_token"]
