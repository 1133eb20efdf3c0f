"""The configuration: what it may say, where it is looked for, and how its mistakes are told."""

from datetime import timedelta
from pathlib import Path

import pytest

from allegro_privacy import config, tables
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
