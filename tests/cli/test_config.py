"""The configuration: what it may say, where it is looked for, and how its mistakes are told."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from allegro_privacy import accounts, config, tables
from allegro_privacy.errors import ConfigError

GOOD = """
schema = 1
[shop]
name = "Guitars & Co"
addresses = ["Help@guitars.example"]
time_zone = "America/New_York"
[policy]
version = "2026-01-01"
no_email = ["NO E-MAIL"]
no_post = ["NO SNAIL MAIL"]
[store]
database = "list.sqlite3"
"""


def test_the_sample_is_a_valid_configuration() -> None:
    settings = config.parse(config.sample(), None)
    assert settings.shop.name == "Allegro Music Center"
    assert settings.export.max_age == timedelta(hours=26)


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    mailbox = '[[mailbox]]\nname = "cs"\nrole = "privacy"\nsource = "maildir:mail/cs"\n'
    settings = config.parse(GOOD + mailbox, tmp_path / "allegro-privacy.toml")
    assert settings.database == tmp_path / "list.sqlite3"
    assert settings.export.directory == tmp_path / "exports"
    assert settings.mailboxes[0].source == f"maildir:{tmp_path}/mail/cs"


def test_our_own_addresses_are_compared_in_lower_case() -> None:
    assert config.parse(GOOD, None).shop.is_own("HELP@guitars.example")


MISTAKES = {
    "an unknown key, with the one that was meant": (
        "[store]\n",
        '[store]\ndatabse = "x"\n',
        '[store] databse: unknown key; did you mean "database"?',
    ),
    "an unknown section": ("[policy]", "[polcy]\nx = 1\n[policy]", '[polcy]: unknown section; did you mean "policy"?'),
    "a wrong type": (
        '["NO E-MAIL"]',
        '"NO E-MAIL"',
        '[policy] no_email: must be a list of texts, like ["…"], not text',
    ),
    "a missing key": ('version = "2026-01-01"\n', "", "[policy] version: missing"),
    "a time zone that is none": ("America/New_York", "Mars/Olympus", "is not a time zone"),
    "an address that is none": ("Help@guitars.example", "help", '"help" is not an e-mail address'),
    "an empty name": ('"Guitars & Co"', '""', "[shop] name: must not be empty"),
    "control characters": ("list.sqlite3", "a\\u0000b", "must not hold control characters"),
    "a newer schema": ("schema = 1", "schema = 2", "written for a newer program"),
    "a schema that is no number": ("schema = 1", 'schema = "1"', "schema: must be a whole number, not text"),
    "a share above one": ("[store]", "[export]\nmax_shrink = 5\n[store]", "must be a number from 0 to 1"),
    "an age without a unit": ("[store]", "[export]\nmax_age = 26\n[store]", 'must be a time like "90m", "26h" or "3d"'),
    "a level that is none": ("[store]", "[x]\n[store]", "[x]: unknown section"),
    "a source that is none": (
        "[store]",
        '[[mailbox]]\nname = "a"\nrole = "privacy"\nsource = "ftp:x"\n[store]',
        '"ftp:x" is not a source',
    ),
    "a ping without a lock": (
        "[store]",
        '[ping]\nstart = "http://monitor.example/x"\n[store]',
        "[ping] start: must begin with https://",
    ),
    "a ping to a name like this machine's": (
        "[store]",
        '[ping]\nstart = "http://127.0.0.1.example/x"\n[store]',
        "[ping] start: must begin with https://",
    ),
    "a ping that is no URL": (
        "[store]",
        '[ping]\nsuccess = "monitor"\n[store]',
        '[ping] success: must be a URL like "https://monitor.example/…"',
    ),
    "a ping to a file": ("[store]", '[ping]\nsuccess = "file:///etc/passwd"\n[store]', "must be a URL like"),
    "a ping with a blank in it": ("[store]", '[ping]\nsuccess = "https://a.example/ b"\n[store]', "must be a URL like"),
    "a ping to a port that is none": (
        "[store]",
        '[ping]\nfailure = "https://a.example:99999/"\n[store]',
        "[ping] failure: is not a URL",
    ),
    "a ping with a password": (
        "[store]",
        '[ping]\nfailure = "https://me:secret@a.example/"\n[store]',
        "must hold no user name, password or #",
    ),
    "a ping that may take for ever": (
        "[store]",
        '[ping]\ntimeout = "5m"\n[store]',
        'must be a time from "1s" to "60s"',
    ),
    "a ping that may take no time": ("[store]", '[ping]\ntimeout = "0s"\n[store]', 'must be a time from "1s" to "60s"'),
}


@pytest.mark.parametrize(
    "url", ["https://hc-ping.com/a-b/fail", "http://127.0.0.1:8000/a", "http://[::1]/a", "http://localhost/a", ""]
)
def test_a_ping_goes_over_tls_or_stays_on_this_machine(url: str) -> None:
    settings = config.parse(GOOD + f'[ping]\nstart = "{url}"\ntimeout = "3s"\n', None)
    assert settings.ping == config.PingSettings(url, "", "", timedelta(seconds=3))


@pytest.mark.parametrize(("before", "after", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_file_line_section_and_key(before: str, after: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse(GOOD.replace(before, after), Path("shop.toml"))
    assert told in caught.value.why
    assert caught.value.why.startswith("shop.toml")


def test_the_line_of_a_mistake_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse(GOOD.replace("America/New_York", "Mars/Olympus"), Path("shop.toml"))
    assert "shop.toml, line 6: [shop] time_zone" in caught.value.why


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse("schema = 1\n[shop]\nname = 3\n[stroe]\n", Path("shop.toml"))
    assert len(caught.value.why.splitlines()) == 8
    assert caught.value.exit_code == 2


BOX = '[[mailbox]]\nname = "{name}"\nrole = "privacy"\nsource = "{source}"\n'
KEY_FILE = 'password_file = "pw"\n'


def mailbox(source: str, keys: str = KEY_FILE, name: str = "privacy") -> config.MailboxSettings:
    """The one mailbox of a configuration."""
    text = GOOD + BOX.format(name=name, source=source) + keys
    return config.parse(text, Path("/srv/privacy/shop.toml")).mailboxes[0]


def told(source: str, keys: str = KEY_FILE) -> str:
    """What is said against a mailbox."""
    with pytest.raises(ConfigError) as caught:
        mailbox(source, keys)
    assert caught.value.exit_code == 2
    assert "canary" not in f"{caught.value.what}{caught.value.why}{caught.value.fix}"
    return caught.value.why


class TestAMailboxOnAServer:
    @pytest.mark.parametrize(
        ("source", "user", "host", "port", "folder"),
        [
            ("imaps://privacy@imap.example.com", "privacy", "imap.example.com", 993, "INBOX"),
            ("imaps://privacy@imap.example.com/", "privacy", "imap.example.com", 993, "INBOX"),
            ("imaps://privacy@imap.example.com:1993/inbox", "privacy", "imap.example.com", 1993, "INBOX"),
            ("imap://privacy@imap.example.com", "privacy", "imap.example.com", 143, "INBOX"),
            ("imaps://p@shop.example@imap.example.com", "p@shop.example", "imap.example.com", 993, "INBOX"),
            ("imaps://p%40shop.example@IMAP.example.com", "p@shop.example", "imap.example.com", 993, "INBOX"),
            ("imaps://p%3A%2Fx@h.example/A%20b/C%25", "p:/x", "h.example", 993, "A b/C%"),
            ("imaps://p@h.example/Gel%C3%B6scht", "p", "h.example", 993, "Gelöscht"),
            ("imaps://p@h.example/Gelöscht", "p", "h.example", 993, "Gelöscht"),
            ("imaps://p@[::1]:1993/x@y", "p", "::1", 1993, "x@y"),
            ("IMAPS://p@192.0.2.1", "p", "192.0.2.1", 993, "INBOX"),
        ],
    )
    def test_its_address_is_read(self, source: str, user: str, host: str, port: int, folder: str) -> None:
        found = mailbox(source)
        assert found.account is not None
        assert (found.account.sign_in.user, found.account.host, found.account.port, found.account.folder) == (
            *(user, host, port, folder),
        )
        assert mailbox(found.source).account == found.account

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("imaps://u:canary@h.example", "a password does not belong into the address"),
            ("imaps://u:canary@x@h.example", "a password does not belong into the address"),
            ("imaps://u:can/canary@h.example", "a password does not belong into the address"),
            ("imaps://u@h.example:canary/x@y", "the port must be a number"),
            ("imap:u:canary@h.example", "write it as imaps://USER@HOST"),
            ("pop3://u:canary@h.example", "this is not a source"),
            ("imaps://h.example", "the user is missing"),
            ("imaps://@h.example", "the user is missing"),
            ("imaps://u@", "the host must be a name"),
            ("imaps://u@-h.example", "the host must be a name"),
            ("imaps://u@h .example", "the host must be a name"),
            ("imaps://u@h.example%00", "the host must be a name"),
            ("imaps://u@[::g]", "IPv6"),
            ("imaps://u@h.example:0", "the port must be"),
            ("imaps://u@h.example:65536", "the port must be"),
            ("imaps://u@h.example:x", "the port must be"),
            ("imaps://u%0D%0Ax@h.example", "the user must not hold control characters"),
            ("imaps://u@h.example/a%0Ab", "the folder must not hold control characters"),
            ("imaps://u@h.example/a%7F", "the folder must not hold control characters"),
            ("imaps://u@h.example/%FF", "the folder is not UTF-8"),
            ("imaps://u@h.example/100%", "is written %25"),
            ("imaps://u@h.example/a?b", "is written %3F"),
            ("imaps://u@h.example/a#b", "is written %23"),
            ("imaps://u;AUTH=PLAIN@h.example", "is written %3B"),
            ("imaps://u@h.example/%20", "the folder is empty"),
        ],
    )
    def test_an_address_that_cannot_be_used_is_refused_without_being_shown(self, source: str, words: str) -> None:
        assert words in told(source)

    def test_the_line_is_encrypted_unless_the_server_is_here_and_it_is_written_down(self) -> None:
        assert mailbox("imaps://u@h.example").account.security == "tls"  # type: ignore[union-attr]
        assert mailbox("imap://u@h.example").account.security == "starttls"  # type: ignore[union-attr]
        assert mailbox("imap://u@localhost").account.security == "starttls"  # type: ignore[union-attr]
        for host in ("localhost", "127.0.0.1", "127.8.8.8", "[::1]"):
            plain = mailbox(f"imap://u@{host}:10143", KEY_FILE + 'security = "plain"\n')
            assert plain.account is not None
            assert plain.account.security == "plain"

    @pytest.mark.parametrize(
        ("source", "keys", "words"),
        [
            ("imap://u@h.example", 'security = "plain"', "only for a server on this machine"),
            ("imap://u@127.0.0.1.example", 'security = "plain"', "only for a server on this machine"),
            ("imap://u@10.0.0.1", 'security = "plain"', "only for a server on this machine"),
            ("imap://u@h.example", 'security = "tls"', "write imaps://"),
            ("imaps://u@h.example", 'security = "starttls"', "write imap://"),
            ("imaps://u@localhost", 'security = "plain"', "write imap://"),
            ("imaps://u@h.example", 'security = "none"', "must be one of tls, starttls, plain"),
            ("imap://u@localhost", 'security = "plain"\nca_file = "x"', "of no use"),
        ],
    )
    def test_any_weaker_line_is_refused(self, source: str, keys: str, words: str) -> None:
        assert words in told(source, f"{KEY_FILE}{keys}\n")

    def test_files_are_relative_to_the_configuration(self) -> None:
        found = mailbox("imaps://u@h.example", KEY_FILE + 'ca_file = "../ca.pem"\n').account
        assert found is not None
        assert found.ca_file == Path("/srv/ca.pem")
        assert found.sign_in.password_file == Path("/srv/privacy/pw")
        assert found.sign_in.mailbox == "privacy"

    @pytest.mark.parametrize(
        "keys",
        ['password_command = "pass show it"', 'credential = "imap.pw"', 'keyring = "allegro"', 'password_file = "~/x"'],
    )
    def test_a_password_is_kept_in_one_of_four_places(self, keys: str) -> None:
        assert mailbox("imaps://u@h.example", keys).account is not None

    MICROSOFT = 'sign_in = "xoauth2"\nprovider = "microsoft"\nclient_id = "a-1"\n'
    GOOGLE = 'sign_in = "oauthbearer"\nprovider = "google"\nclient_id = "a.b"\nclient_secret_file = "s"\n'

    def test_tokens_come_from_a_provider_and_are_kept_beside_the_database(self) -> None:
        found = mailbox("imaps://u@h.example", self.MICROSOFT, name="the box").account
        assert found is not None
        assert found.sign_in.token_file == Path("/srv/privacy/the%20box.token.json")
        assert (found.sign_in.method, found.sign_in.tenant) == ("xoauth2", "organizations")
        found = mailbox("imaps://u@h.example", self.GOOGLE + 'token_file = "t"\n').account
        assert found is not None
        assert found.sign_in.token_file == Path("/srv/privacy/t")
        assert found.sign_in.client_secret_file == Path("/srv/privacy/s")

    def test_two_folders_of_one_user_may_share_a_token_file_and_two_users_may_not(self) -> None:
        def parsed(first: str, second: str) -> config.Settings:
            boxes = [BOX.format(name=source[-1], source=source) for source in (first, second)]
            keys = self.MICROSOFT + 'token_file = "t"\n'
            return config.parse(GOOD + "".join(box + keys for box in boxes), Path("shop.toml"))

        assert len(parsed("imaps://u@h.example/a", "imaps://u@h.example/b").mailboxes) == 2
        with pytest.raises(ConfigError) as caught:
            parsed("imaps://u@h.example/a", "imaps://w@h.example/b")
        assert "line 28: [mailbox] token_file: another mailbox keeps the tokens" in caught.value.why

    def test_tokens_may_come_from_a_command(self) -> None:
        found = mailbox("imaps://u@h.example", 'sign_in = "xoauth2"\ntoken_command = "tok"\n').account
        assert found is not None
        assert (found.sign_in.token_command, found.sign_in.token_file) == ("tok", None)

    @pytest.mark.parametrize(
        ("keys", "words"),
        [
            ("", "sign_in: say where the password is kept"),
            (KEY_FILE + 'keyring = "x"', "keyring: is one too many: password_file says already"),
            (KEY_FILE + 'provider = "google"', "provider: is only for tokens"),
            (KEY_FILE + 'token_command = "x"', "token_command: is only for tokens"),
            (KEY_FILE + 'sign_in = "login"', "must be one of password, xoauth2, oauthbearer"),
            ('credential = "../../etc/shadow"', "must be the name of a systemd credential"),
            ('credential = ".."', "must be the name of a systemd credential"),
            ('password_command = "a\\nb"', "must not hold control characters"),
            ('password = "canary"', 'unknown key; did you mean "password_file"?'),
            ('sign_in = "xoauth2"', "say where tokens come from"),
            ('sign_in = "xoauth2"\n' + KEY_FILE, 'password_file: is only for sign_in = "password"'),
            ('sign_in = "xoauth2"\nprovider = "yahoo"', "must be one of microsoft, google"),
            ('sign_in = "xoauth2"\nprovider = "microsoft"', "client_id: missing"),
            ('sign_in = "xoauth2"\nprovider = "google"\nclient_id = "a"', "client_secret_file: missing"),
            (GOOGLE + 'tenant = "x"', "tenant: is only for microsoft"),
            (MICROSOFT + 'client_secret_file = "s"', "tenant: missing"),
            (MICROSOFT + 'tenant = "a/../b"', "tenant: must be letters, digits"),
            (MICROSOFT + 'token_command = "x"', "provider: does not go together with token_command"),
        ],
    )
    def test_a_sign_in_that_does_not_fit_together_is_refused(self, keys: str, words: str) -> None:
        assert words in told("imaps://u@h.example", keys + "\n")

    def test_filing_is_set_for_each_verdict(self) -> None:
        keys = 'filing = { accept = "keyword", ask = "keyword:Look", ignore = "move:Done/Ignored" }\n'
        found = mailbox("imaps://u@h.example", KEY_FILE + keys).account
        assert found is not None
        assert {str(verdict): (str(way.kind), way.target) for verdict, way in found.filing.items()} == {
            "accept": ("keyword", "$AllegroDone"),
            "ask": ("keyword", "Look"),
            "ignore": ("move", "Done/Ignored"),
        }
        table = mailbox("imaps://u@h.example", KEY_FILE + '[mailbox.filing]\nask = "keyword"\nignore = "nothing"\n')
        assert table.account is not None
        assert [(str(way.kind), way.target) for way in table.account.filing.values()] == [
            ("keyword", "$AllegroReview"),
            ("nothing", ""),
        ]
        assert mailbox("imaps://u@h.example").account.filing == {}  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("filing", "words"),
        [
            ('"keyword"', "must be a table"),
            ('{ acept = "keyword" }', "must be one of accept, ask, ignore"),
            ('{ ask = "keyword:" }', "ask: a keyword is one word"),
            ('{ ask = "keyword:a b" }', "ask: a keyword is one word"),
            ('{ ask = "keyword:\\\\Seen" }', "ask: a keyword is one word"),
            ('{ ask = "keyword:é" }', "ask: a keyword is one word"),
            ('{ ask = "keyword:a\\r\\nb" }', "must not hold control characters"),
            ('{ ask = "move:a\\nb" }', "must not hold control characters"),
            ('{ ask = "move:" }', 'ask: write "nothing"'),
            ('{ ask = "delete" }', 'ask: write "nothing"'),
            ("{ ask = 3 }", "ask: must be text in quotes"),
            ('{ ask = "move:INBOX" }', "is the folder that is read"),
        ],
    )
    def test_a_filing_that_cannot_be_is_refused(self, filing: str, words: str) -> None:
        assert words in told("imaps://u@h.example", f"{KEY_FILE}filing = {filing}\n")

    def test_every_mistake_of_every_mailbox_is_told_at_once_with_its_line(self) -> None:
        first = BOX.format(name="a", source="imaps://u:canary@h.example") + 'security = "none"\n'
        second = BOX.format(name="b", source="imaps://u@h.example") + 'security = "plain"\nfiling = { ask = "x" }\n'
        with pytest.raises(ConfigError) as caught:
            config.parse(GOOD + first + second, Path("shop.toml"))
        lines = caught.value.why.splitlines()
        assert [line.split(": ")[:2] for line in lines] == [
            ["shop.toml, line 16", "[mailbox] source"],
            ["shop.toml, line 17", "[mailbox] security"],
            ["shop.toml, line 23", "[mailbox] filing"],
            ["shop.toml, line 22", "[mailbox] security"],
            ["shop.toml, line 18", "[mailbox] sign_in"],
        ]
        assert "canary" not in caught.value.why

    def test_mail_in_files_has_no_account_and_none_of_its_keys(self) -> None:
        assert mailbox("maildir:mail", "").account is None
        assert "password_file: is only for a mailbox on a server" in told("maildir:mail")

    def test_one_folder_is_read_by_one_mailbox_only(self) -> None:
        first = BOX.format(name="a", source="imaps://u@h.example") + KEY_FILE
        second = BOX.format(name="b", source="imap://u@H.example/Inbox") + KEY_FILE
        with pytest.raises(ConfigError) as caught:
            config.parse(GOOD + first + second, Path("shop.toml"))
        assert 'two mailboxes have the source "u@h.example/INBOX"' in caught.value.why
        third = BOX.format(name="b", source="imap://u@h.example/Other") + KEY_FILE
        assert len(config.parse(GOOD + first + third, None).mailboxes) == 2


def test_the_mailboxes_of_the_sample_are_good_once_they_are_uncommented() -> None:
    begin, end = config.sample().index("# [[mailbox]]"), config.sample().index("[store]")
    lines = [line.removeprefix("# ") for line in config.sample()[begin:end].splitlines()]
    text = "\n".join(line for line in lines if re.match(r"\[\[|[a-z_]+ = ", line))
    boxes = config.parse(config.sample()[:begin] + text + "\n" + config.sample()[end:], None).mailboxes
    assert [box.name for box in boxes] == ["saved", "customerservice", "privacy"]
    for key in accounts.KEYS:
        assert re.search(rf"(?m)^# (# )?{key} = ", config.sample()), f"the sample does not show {key}"


def test_two_mailboxes_that_read_the_same_place_are_a_mistake() -> None:
    mailbox = '[[mailbox]]\nname = "{}"\nrole = "privacy"\nsource = "maildir:{}"\n'
    with pytest.raises(ConfigError) as caught:
        config.parse(GOOD + mailbox.format("a", "mail") + mailbox.format("b", "./mail"), Path("shop.toml"))
    assert "two mailboxes have the source" in caught.value.why
    assert "line 20" in caught.value.why


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("schema = = 1\n")
    with pytest.raises(ConfigError, match="a problem") as caught:
        config.load(path)
    assert "line 1" in caught.value.why


@pytest.mark.parametrize(("content", "told"), [(b"\xff\xfe\x00", "not a text file"), (None, "cannot be read")])
def test_a_configuration_that_cannot_be_read_says_so(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "shop.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        config.load(path)


class TestWhereItIsLookedFor:
    @pytest.fixture(autouse=True)
    def _places(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.here, self.home = tmp_path / "here", tmp_path / "home" / "allegro-privacy"
        self.here.mkdir()
        self.home.mkdir(parents=True)
        monkeypatch.chdir(self.here)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
        monkeypatch.delenv("ALLEGRO_PRIVACY_CONFIG", raising=False)

    def test_nowhere_then_the_defaults_of_the_sample_hold(self) -> None:
        settings = config.load()
        assert settings.origin is None
        assert settings.database == self.here / "allegro-privacy.sqlite3"

    def test_in_the_home_folder(self) -> None:
        (self.home / "config.toml").write_text(GOOD)
        assert config.load().origin == self.home / "config.toml"

    def test_here_before_the_home_folder_when_both_name_the_same_database(self) -> None:
        same = GOOD.replace("list.sqlite3", str(self.here / "list.sqlite3"))
        for path in (self.home / "config.toml", self.here / "allegro-privacy.toml"):
            path.write_text(same)
        assert config.load().origin == self.here / "allegro-privacy.toml"

    def test_two_that_name_different_databases_are_in_conflict(self) -> None:
        for path in (self.home / "config.toml", self.here / "allegro-privacy.toml"):
            path.write_text(GOOD)
        with pytest.raises(ConfigError, match="in conflict") as caught:
            config.load()
        assert str(self.home / "config.toml") in caught.value.why
        assert str(self.here / "list.sqlite3") in caught.value.why
        assert "--config" in caught.value.fix

    def test_an_explicit_one_ends_the_conflict(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for path in (self.home / "config.toml", self.here / "allegro-privacy.toml"):
            path.write_text(GOOD)
        assert config.load(self.home / "config.toml").database == self.home / "list.sqlite3"
        monkeypatch.setenv("ALLEGRO_PRIVACY_CONFIG", str(self.here / "allegro-privacy.toml"))
        assert config.load().database == self.here / "list.sqlite3"

    def test_the_database_of_the_command_line_wins(self) -> None:
        assert config.load(database=Path("other.sqlite3")).database == self.here / "other.sqlite3"


class TestAnOfficesOwnTables:
    def test_a_table_is_extended(self, tmp_path: Path) -> None:
        (tmp_path / "kinds.toml").write_text('[opt-out]\ntitle = "Silence"\n')
        kinds = tables.load(tmp_path).kinds
        assert kinds["opt-out"]["title"] == "Silence"
        assert kinds["opt-out"]["effect"] == "suppress"

    def test_rows_with_the_same_id_are_replaced_and_others_added(self) -> None:
        base = {"rule": [{"id": "a", "x": 1}, {"id": "b", "x": 2}]}
        extra = {"rule": [{"id": "b", "x": 3}, {"id": "c", "x": 4}]}
        assert tables.merged(base, extra) == {"rule": [{"id": "a", "x": 1}, {"id": "b", "x": 3}, {"id": "c", "x": 4}]}

    def test_a_language_is_one_file(self, tmp_path: Path) -> None:
        (tmp_path / "languages").mkdir()
        (tmp_path / "languages" / "pt.toml").write_text('[language]\nname = "Português"\n')
        assert tables.load(tmp_path).languages["pt"]["language"]["name"] == "Português"

    def test_a_folder_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="not there"):
            tables.load(tmp_path / "nowhere")

    def test_a_broken_table_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "clocks.toml").write_text("= 3")
        with pytest.raises(ConfigError) as caught:
            tables.load(tmp_path)
        assert "clocks.toml" in caught.value.why
