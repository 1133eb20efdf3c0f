"""Passwords by reference: what is refused, and that nothing secret is ever told."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from allegro_privacy.core.account import SignIn
from allegro_privacy.errors import SignInError
from allegro_privacy.sources.secrets import password

CANARY = 'canary-7 pass"wörd\\'


def kept(folder: Path, content: bytes = CANARY.encode() + b"\n", mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refused(sign_in: SignIn, patience: float = 30) -> SignInError:
    with pytest.raises(SignInError) as caught:
        password(sign_in, patience)
    told = f"{caught.value.what} {caught.value.why} {caught.value.fix} {caught.value!r} {sign_in!r}"
    assert "canary" not in told
    assert caught.value.why
    assert caught.value.fix
    chain = [caught.value.__cause__, None if caught.value.__suppress_context__ else caught.value.__context__]
    assert not any("canary" in repr(error) for error in chain)
    return caught.value


class TestAFile:
    @pytest.mark.parametrize(
        "content",
        [CANARY.encode(), f"{CANARY}\n".encode(), f"{CANARY}\r\n".encode(), f"\ufeff{CANARY}\nnote\n".encode()],
        ids=["alone", "with an end of line", "from Windows", "with a BOM and a note below"],
    )
    def test_its_first_line_is_the_password(self, tmp_path: Path, content: bytes) -> None:
        assert password(SignIn("u", password_file=kept(tmp_path, content))) == CANARY

    def test_blanks_around_it_belong_to_it(self, tmp_path: Path) -> None:
        assert password(SignIn("u", password_file=kept(tmp_path, b" a b \n"))) == " a b "

    @pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
    def test_one_that_only_we_can_read_is_good(self, tmp_path: Path, mode: int) -> None:
        assert password(SignIn("u", password_file=kept(tmp_path, mode=mode))) == CANARY

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o660, 0o644, 0o666, 0o777])
    def test_a_looser_one_is_refused_with_what_to_type(self, tmp_path: Path, mode: int) -> None:
        error = refused(SignIn("u", password_file=kept(tmp_path, mode=mode), mailbox="privacy"))
        assert error.fix == f"chmod 600 {tmp_path}/secret"
        assert f"(mode {mode:o})" in error.why
        assert "privacy" in error.what
        subprocess.run(error.fix, shell=True, check=True)
        assert password(SignIn("u", password_file=tmp_path / "secret")) == CANARY

    def test_what_to_type_is_quoted_for_the_shell(self, tmp_path: Path) -> None:
        folder = tmp_path / "it's; a folder"
        folder.mkdir()
        error = refused(SignIn("u", password_file=kept(folder, mode=0o644)))
        subprocess.run(error.fix, shell=True, check=True)
        assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_one_of_another_user_is_refused(self, tmp_path: Path) -> None:
        path = kept(tmp_path)
        os.chown(path, 65534, 65534)
        assert "belongs to another user" in refused(SignIn("u", password_file=path)).why

    def test_a_link_is_judged_by_what_it_leads_to(self, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(kept(tmp_path))
        assert password(SignIn("u", password_file=link)) == CANARY
        kept(tmp_path, mode=0o644)
        assert "chmod 600" in refused(SignIn("u", password_file=link)).fix

    def test_one_that_is_not_there_says_so(self, tmp_path: Path) -> None:
        assert "No such file" in refused(SignIn("u", password_file=tmp_path / "none")).why

    def test_what_is_no_ordinary_file_is_refused_and_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe", 0o600)
        assert "not an ordinary file" in refused(SignIn("u", password_file=tmp_path / "pipe")).why
        assert "not an ordinary file" in refused(SignIn("u", password_file=tmp_path)).why

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "first line is empty"),
            (b"\ncanary\n", "first line is empty"),
            (b"canary\xff\n", "not UTF-8"),
            (b"canary\rLOGOUT\n", "control characters"),
            (b"canary\x00\n", "control characters"),
            ("canary\x85\n".encode(), "control characters"),
        ],
    )
    def test_what_cannot_be_a_password_is_refused(self, tmp_path: Path, content: bytes, told: str) -> None:
        assert told in refused(SignIn("u", password_file=kept(tmp_path, content))).why


class TestACommand:
    def test_the_first_line_that_it_prints_is_the_password(self) -> None:
        line = f"printf '%s\\n' '{CANARY}' more"
        assert password(SignIn("u", password_command=line)) == CANARY

    def test_it_is_a_line_for_the_shell(self) -> None:
        assert password(SignIn("u", password_command="X=left; echo $X | tr a-z A-Z")) == "LEFT"

    def test_what_it_says_on_stderr_goes_nowhere(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert password(SignIn("u", password_command="echo canary >&2; echo right")) == "right"
        error = refused(SignIn("u", password_command="echo canary >&2; echo canary; exit 3"))
        assert "status 3" in error.why
        assert capfd.readouterr() == ("", "")

    def test_one_that_is_not_there_says_so(self) -> None:
        assert "status 127" in refused(SignIn("u", password_command="no-such-canary")).why

    def test_one_that_prints_nothing_says_so(self) -> None:
        assert "first line is empty" in refused(SignIn("u", password_command="true")).why

    def test_one_that_was_killed_says_so(self) -> None:
        assert "signal 9" in refused(SignIn("u", password_command="kill -9 $$")).why

    @pytest.mark.parametrize(
        "line",
        ["echo canary; sleep 60", "sleep 60 & echo canary", "exec 1>&-; sleep 60", "yes canary"],
        ids=["sleeps", "leaves a child with the pipe", "closes its output and stays", "prints without end"],
    )
    def test_one_that_does_not_end_is_ended_with_all_it_started(self, line: str) -> None:
        began = time.monotonic()
        error = refused(SignIn("u", password_command=line), patience=0.5)
        assert "longer than 0.5 s" in error.why
        assert time.monotonic() - began < 5

    def test_it_has_nothing_to_read(self) -> None:
        assert "first line is empty" in refused(SignIn("u", password_command="cat")).why


class TestACredential:
    def test_it_is_read_from_where_systemd_puts_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Under systemd the group's bits are the mask of an access list.
        kept(tmp_path, mode=0o440)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        assert password(SignIn("u", credential="secret")) == CANARY
        assert "LoadCredential=other" in refused(SignIn("u", credential="other")).fix

    def test_without_systemd_the_service_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        assert "not started by systemd" in refused(SignIn("u", credential="imap")).why


BACKEND = """
import keyring.backend
class Backend(keyring.backend.KeyringBackend):
    priority = 1
    def get_password(self, service, user):
        if service == "locked":
            raise RuntimeError("canary")
        return {("allegro", "u"): "from the keyring"}.get((service, user))
    def set_password(self, service, user, password):
        raise NotImplementedError
"""


class TestTheKeyring:
    """In a process of its own: keyring chooses its backend once."""

    def ask(self, folder: Path, service: str, backend: str, path: str = "") -> str:
        (folder / "shown.py").write_text(BACKEND)
        code = (
            "from allegro_privacy.core.account import SignIn\n"
            "from allegro_privacy.errors import SignInError\n"
            "from allegro_privacy.sources.secrets import password\n"
            f"try: print(password(SignIn('u', keyring={service!r})))\n"
            "except SignInError as error: print(error.what, error.why, error.fix)\n"
        )
        project = str(Path(__file__).parents[2])
        environment = {
            "PYTHONPATH": f"{path}:{folder}:{project}",
            "PYTHON_KEYRING_BACKEND": backend,
            "PATH": os.defpath,
        }
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd=folder
        )
        assert "canary" not in done.stdout + done.stderr
        return done.stdout.strip()

    def test_it_gives_the_password_of_service_and_user(self, tmp_path: Path) -> None:
        assert self.ask(tmp_path, "allegro", "shown.Backend") == "from the keyring"

    def test_it_may_have_none(self, tmp_path: Path) -> None:
        assert "keyring set other u" in self.ask(tmp_path, "other", "shown.Backend")

    @pytest.mark.parametrize(
        ("service", "backend", "error"),
        [("allegro", "keyring.backends.fail.Keyring", "NoKeyringError"), ("locked", "shown.Backend", "RuntimeError")],
    )
    def test_one_that_fails_names_another_way(self, tmp_path: Path, service: str, backend: str, error: str) -> None:
        told = self.ask(tmp_path, service, backend)
        assert f"does not answer ({error})" in told
        assert "password_file" in told

    def test_without_the_library_the_extra_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "hidden").mkdir()
        (tmp_path / "hidden" / "keyring.py").write_text("raise ImportError\n")
        told = self.ask(tmp_path, "allegro", "", str(tmp_path / "hidden"))
        assert "pip install 'allegro-privacy[keyring]'" in told


def test_an_account_without_any_reference_says_so() -> None:
    assert "password_file" in refused(SignIn("u")).fix
