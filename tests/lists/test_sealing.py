"""What leaves encrypted: only the recipient reads it, and the manifest says what was sent and how it was signed."""

import builtins
import json
import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pysequoia
import pytest
from listed_people import person, plan

from allegro_privacy.errors import ConfigError, MissingExtraError
from allegro_privacy.lists.export import prepare, publish
from allegro_privacy.lists.sealing import seal_to
from allegro_privacy.lists.signing import BadSignatureError, check

STEM = "acme-mailing-email-2026-11-22-0001"
Reader = Callable[[bytes], bytes]


def ssh_key(folder: Path, name: str = "signer") -> Path:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "desk@shop.example", "-f", path], check=True)
    return path


def age(folder: Path) -> tuple[str, Reader]:
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), lambda raw: pyrage.decrypt(raw, [identity])


def age_in_a_file(folder: Path) -> tuple[str, Reader]:
    key, reader = age(folder)
    (folder / "acme.pub").write_text(key + "\n")
    return str(folder / "acme.pub"), reader


def ssh(folder: Path) -> tuple[str, Reader]:
    path = ssh_key(folder, "acme")
    identity = pyrage.ssh.Identity.from_buffer(path.read_bytes())
    return path.with_suffix(".pub").read_text().strip(), lambda raw: pyrage.decrypt(raw, [identity])


def openpgp(folder: Path) -> tuple[str, Reader]:
    secret = pysequoia.Tsk.generate(user_id="Acme Mailing <lists@acme.example>")
    (folder / "acme.pgp").write_bytes(bytes(secret.extract_certificate()))
    return str(folder / "acme.pgp"), lambda raw: pysequoia.decrypt(raw, decryptor=secret.decryptor()).bytes


@pytest.mark.parametrize("kind", [age, age_in_a_file, ssh, openpgp], ids=lambda kind: kind.__name__)
def test_an_encrypted_list_is_read_by_its_recipient_and_both_hashes_stand_in_the_manifest(
    kind: Callable[[Path], tuple[str, Reader]], tmp_path: Path
) -> None:
    key, read = kind(tmp_path)
    seal = seal_to(key, "acme-mailing")
    exports = tmp_path / "exports"
    paths = publish(prepare([person()], plan(seal=seal), exports, removals=[person(2, "lena@example.com")]))
    said = json.loads((exports / f"{STEM}.manifest.json").read_text())

    assert said["encrypted_to"] == seal.to
    assert [each["file"] for each in said["files"]] == [f"{STEM}.csv", f"{STEM}.removals.csv"]
    for each in said["files"]:
        sealed = each["encrypted"]
        raw = (exports / sealed["file"]).read_bytes()
        assert sealed["file"] == each["file"] + seal.ending
        assert sha256(raw).hexdigest() == sealed["sha256"]
        assert sha256(read(raw)).hexdigest() == each["sha256"]
        assert (exports / sealed["file"]).stat().st_mode & 0o777 == 0o600
        assert b"example.com" not in raw
    assert paths[-1].name == f"{STEM}.csv"
    assert not any(path.name.startswith(".") for path in exports.iterdir())


def test_a_changed_byte_or_a_cut_file_is_refused_by_the_recipient(tmp_path: Path) -> None:
    key, read = age(tmp_path)
    publish(prepare([person()], plan(seal=seal_to(key, "acme-mailing")), tmp_path / "exports"))
    raw = (tmp_path / "exports" / f"{STEM}.csv.age").read_bytes()
    for spoilt in (raw[:-1], raw[:-1] + bytes([raw[-1] ^ 1])):
        with pytest.raises(pyrage.DecryptError):
            read(spoilt)


UNFIT = {
    "no key of age": "age1foo",
    "an ssh key that cannot encrypt": "ssh-ecdsa AAAA",
    "a file that is not there": "/nowhere/acme.pgp",
}


@pytest.mark.parametrize("key", UNFIT.values(), ids=UNFIT)
def test_a_key_that_cannot_be_used_is_a_problem_of_the_configuration(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        seal_to(key, "acme-mailing")
    assert "[recipient.acme-mailing] encrypt_to" in caught.value.why


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxx\n"])
def test_a_file_that_holds_no_key_is_a_problem_of_the_configuration(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(ConfigError):
        seal_to(str(tmp_path / "key"), "acme-mailing")


def test_a_secret_key_in_place_of_the_public_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(bytes(pysequoia.Tsk.generate(user_id="Acme")))
    with pytest.raises(ConfigError, match="No list can be encrypted"):
        seal_to(str(tmp_path / "key"), "acme-mailing")


@pytest.mark.parametrize(("package", "kind"), [("pyrage", age), ("pysequoia", openpgp)])
def test_a_missing_package_is_named_with_what_brings_it(
    package: str, kind: Callable[[Path], tuple[str, Reader]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = kind(tmp_path)
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError) as caught:
        seal_to(key, "acme-mailing")
    assert caught.value.fix == "pip install 'allegro-privacy[encrypt]'"


def signed(folder: Path) -> tuple[Path, Path]:
    """A signed manifest, and the file of allowed signers."""
    key = ssh_key(folder)
    publish(prepare([person()], plan(sign_with=key), folder / "exports"))
    allowed = folder / "allowed_signers"
    allowed.write_text(f'desk@shop.example namespaces="allegro-privacy" {key.with_suffix(".pub").read_text()}')
    return folder / "exports" / f"{STEM}.manifest.json", allowed


def test_a_signed_manifest_is_verified_by_the_recipients_own_ssh_keygen(tmp_path: Path) -> None:
    manifest, allowed = signed(tmp_path)
    said: Mapping[str, Any] = json.loads(manifest.read_text())["signature"]
    assert said == {"file": f"{manifest.name}.sig", "namespace": "allegro-privacy"}
    command = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "desk@shop.example", "-n", said["namespace"]]
    with manifest.open("rb") as content:
        assert subprocess.run([*command, "-s", f"{manifest}.sig"], stdin=content, check=False).returncode == 0
    assert check(manifest.read_bytes(), Path(f"{manifest}.sig"), allowed) == "desk@shop.example"


def test_an_altered_manifest_and_a_strangers_signature_do_not_hold(tmp_path: Path) -> None:
    manifest, allowed = signed(tmp_path)
    signature = Path(f"{manifest}.sig")
    with pytest.raises(BadSignatureError, match="does not hold"):
        check(manifest.read_bytes() + b" ", signature, allowed)
    allowed.write_text(f"desk@shop.example {ssh_key(tmp_path, 'other').with_suffix('.pub').read_text()}")
    with pytest.raises(BadSignatureError, match="not among the allowed signers"):
        check(manifest.read_bytes(), signature, allowed)


def test_a_key_that_cannot_sign_leaves_nothing_behind(tmp_path: Path) -> None:
    key = tmp_path / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key], check=True)
    for each in (key, tmp_path / "not-there"):
        with pytest.raises(ConfigError, match="cannot be signed"):
            prepare([person()], plan(sign_with=each), tmp_path / "exports")
    assert list((tmp_path / "exports").iterdir()) == []
