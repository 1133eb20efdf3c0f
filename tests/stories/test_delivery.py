"""A list reaches the mail house whole and unread by others: encrypted, signed, and checked where it arrived."""

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from office import Desk


def signing_key(folder: Path) -> Path:
    key = folder / "signing-key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "desk", "-f", key], check=True)
    signer = f'desk@shop.example namespaces="allegro-privacy" {key.with_suffix(".pub").read_text()}'
    (folder / "allowed_signers").write_text(signer)
    return key


def configure(desk: Desk, recipient: str, export: str = "") -> None:
    config = desk.folder / "allegro-privacy.toml"
    text = config.read_text().replace('directory = "exports"', f'directory = "exports"\n{export}')
    config.write_text(f"{text}\n[recipient.acme-mailing]\n{recipient}\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that suppresses Rosa."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    office.mail("rosa.eml", "NO E-MAIL")
    assert office.run("pull", "eml:mail", "-q").code == 0
    return office


def test_a_list_is_encrypted_to_the_mail_house_and_its_manifest_signed(desk: Desk) -> None:
    signing_key(desk.folder)
    acme = pyrage.x25519.Identity.generate()
    configure(
        desk,
        f'layout = "plain-email"\nencrypt_to = "{acme.to_public()}"',
        'sign_with = "signing-key"\nallowed_signers = "allowed_signers"',
    )
    written = desk.run("export", "--to", "acme-mailing")
    assert written.code == 0, written.text
    assert "send only acme-mailing-email-" in " ".join(written.out.split())

    # What Acme does with what they got: two files and a signature.
    manifest = next((desk.folder / "exports").glob("*.manifest.json"))
    (sent,) = json.loads(manifest.read_text())["files"]
    raw = (manifest.parent / sent["encrypted"]["file"]).read_bytes()
    assert sha256(raw).hexdigest() == sent["encrypted"]["sha256"]
    listed = pyrage.decrypt(raw, [acme])
    assert sha256(listed).hexdigest() == sent["sha256"]
    assert b"rosa@example.com" in listed
    assert b"rosa" not in raw

    assert desk.run("verify", "--against", manifest).code == 0


def test_a_manifest_that_was_altered_or_lost_its_signature_is_found(desk: Desk) -> None:
    signing_key(desk.folder)
    configure(
        desk, 'layout = "plain-email"', 'sign_with = "signing-key"\nallowed_signers = "allowed_signers"'
    )  # fmt: skip
    assert desk.run("export", "--to", "acme-mailing").code == 0
    manifest = next((desk.folder / "exports").glob("*.manifest.json"))

    manifest.write_text(manifest.read_text().replace("Do not mail", "Do mail"))
    altered = desk.run("verify", "--against", manifest)
    assert altered.code == 4
    assert "its signature does not hold" in altered.out.casefold()

    Path(f"{manifest}.sig").unlink()
    bare = desk.run("verify", "--against", manifest)
    assert bare.code == 4
    assert "it is not signed" in bare.out


def test_an_encrypted_file_that_was_exchanged_is_found(desk: Desk) -> None:
    acme = pyrage.x25519.Identity.generate()
    configure(desk, f'layout = "plain-email"\nencrypt_to = "{acme.to_public()}"')
    assert desk.run("export", "--to", "acme-mailing").code == 0
    (sealed,) = (desk.folder / "exports").glob("*.age")
    sealed.write_bytes(pyrage.encrypt(b"email\r\n", [acme.to_public()]))
    found = desk.run("verify", "--against", next((desk.folder / "exports").glob("*.manifest.json")))
    assert found.code == 4
    assert f"{sealed.name} was altered" in found.out


def test_a_key_that_cannot_be_used_is_told_before_anything_is_written(desk: Desk) -> None:
    configure(desk, 'layout = "plain-email"\nencrypt_to = "acme.pgp"')
    refused = desk.run("export", "--to", "acme-mailing")
    assert refused.code == 2
    assert "encrypt_to" in refused.err
    assert not list((desk.folder / "exports").glob("*"))
