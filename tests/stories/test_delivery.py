"""A list reaches the mail house whole and unread by others: encrypted, signed, and checked where it arrived."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import asyncssh
import pyrage
import pytest
from office import Desk
from servers.sftp import Sftp, sftp_server


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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sftp]:
    """The mail house's server."""
    with sftp_server(tmp_path) as running:
        yield running


def delivered_to(server: Sftp, **changes: str) -> str:
    said = {
        "layout": "plain-email",
        "deliver": server.url(),
        "host_key": server.host_key,
        "deliver_key_file": "desk-key",
    }
    return "\n".join(f'{key} = "{value}"' for key, value in (said | changes).items())


def arrived(server: Sftp) -> set[str]:
    return {path.name for path in (server.root / "in").iterdir()}


def test_a_list_is_put_on_the_mail_houses_server_and_confirmed(desk: Desk, server: Sftp) -> None:
    configure(desk, delivered_to(server))
    sent = desk.run("export", "--to", "acme-mailing")
    assert sent.code == 0, sent.text
    assert "read back at sftp://lists@127.0.0.1" in sent.out

    ours = {path.name for path in (desk.folder / "exports").iterdir()}
    assert arrived(server) == ours == {name for name in ours if name.startswith("acme-mailing-email-")}
    (row,) = desk.run("export", "status", "--json").json["recipients"]
    assert row["delivery"]["at"]
    assert "NOT CONFIRMED" not in desk.run("export", "status").out
    assert desk.run("export", "deliver").code == 0
    assert "Every list that is to be delivered has arrived" in desk.run("export", "deliver").err
    assert desk.run("verify").code == 0


def test_only_the_encrypted_list_leaves_with_its_manifest_and_signature(desk: Desk, server: Sftp) -> None:
    signing_key(desk.folder)
    key = str(pyrage.x25519.Identity.generate().to_public())
    configure(desk, delivered_to(server, encrypt_to=key), 'sign_with = "signing-key"')
    assert desk.run("export", "--to", "acme-mailing").code == 0
    names = sorted(name.partition(".")[2] for name in arrived(server))
    assert names == ["csv.age", "manifest.json", "manifest.json.sig"]


def test_a_list_that_did_not_arrive_is_shown_and_tried_again(desk: Desk, server: Sftp) -> None:
    configure(desk, delivered_to(server))
    server.cut_after = 0
    sent = desk.run("export", "--to", "acme-mailing")
    assert sent.code == 3
    assert "NOT delivered: number 1 (email) for acme-mailing" in sent.err
    status = desk.run("export", "status")
    assert "NOT CONFIRMED" in status.out
    assert "export deliver" in status.err
    assert desk.run("export", "deliver", "acme-mailing", "--json").json["deliveries"][0]["delivered"] is False

    server.cut_after = None
    again = desk.run("export", "deliver", "acme-mailing")
    assert again.code == 0
    assert "delivered: number 1 (email)" in again.out
    assert not any(name.endswith(".part") for name in arrived(server))


def test_a_run_that_was_killed_after_the_upload_sends_nothing_twice(desk: Desk, server: Sftp) -> None:
    configure(desk, delivered_to(server))
    server.cut_after = 0
    assert desk.run("export", "--to", "acme-mailing").code == 3
    server.cut_after = None
    before = desk.folder / "before"
    before.mkdir()
    for path in desk.folder.glob("allegro-privacy.sqlite3*"):
        shutil.copy2(path, before)
    assert desk.run("export", "deliver").code == 0
    uploads = len(server.writes)

    # Killed before it could record that: the files are there, the database does not know.
    for path in desk.folder.glob("allegro-privacy.sqlite3*"):
        path.unlink()
    for path in before.iterdir():
        shutil.copy2(path, desk.folder)
    assert desk.run("export", "deliver").code == 0
    assert len(server.writes) == uploads
    assert desk.run("export", "status", "--json").json["recipients"][0]["delivery"]["at"]
    assert desk.run("verify").code == 0


def test_a_list_that_a_killed_export_left_without_its_name_is_delivered_all_the_same(desk: Desk, server: Sftp) -> None:
    configure(desk, delivered_to(server))
    server.cut_after = 0
    assert desk.run("export", "--to", "acme-mailing").code == 3
    server.cut_after = None
    for path in (desk.folder / "exports").iterdir():
        path.rename(path.with_name(f".{path.name}.0123456789abcdef.part"))
    assert desk.run("export", "deliver").code == 0
    assert len(arrived(server)) == 2


def test_a_server_that_shows_another_key_gets_nothing(desk: Desk, server: Sftp) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().split()
    configure(desk, delivered_to(server, host_key=" ".join(other[:2])))
    refused = desk.run("export", "--to", "acme-mailing")
    assert refused.code == 3
    assert "the server is not the known one" in refused.err
    assert not arrived(server)


def test_a_list_that_was_acknowledged_waits_for_no_delivery(desk: Desk, server: Sftp) -> None:
    configure(desk, delivered_to(server))
    server.cut_after = 0
    assert desk.run("export", "--to", "acme-mailing").code == 3
    assert desk.run("export", "ack", "acme-mailing", "1", "--note", "got it on paper").code == 0
    assert desk.run("export", "deliver", "--json").json["deliveries"] == []


def test_a_customers_proof_does_not_tell_where_lists_are_delivered(desk: Desk, server: Sftp) -> None:
    configure(desk, delivered_to(server))
    assert desk.run("export", "--to", "acme-mailing").code == 0
    assert desk.run("why", "rosa@example.com", "--proof", "proof").code == 0
    assert not any("sftp://" in path.read_text() for path in (desk.folder / "proof").rglob("*") if path.is_file())


UNFIT = {
    "no host key": ({"host_key": ""}, "host_key: missing"),
    "a host key that is none": ({"host_key": "ssh-ed25519 AAAA"}, "must be the public key of their server"),
    "a password in the URL": ({"deliver": "sftp://lists:secret@127.0.0.1/in"}, "without a password"),
    "another protocol": ({"deliver": "ftp://lists@127.0.0.1/in"}, "must be like"),
    "two ways to sign in": ({"deliver_password_file": "password"}, "is one too many"),
}


@pytest.mark.parametrize(("changes", "words"), UNFIT.values(), ids=UNFIT)
def test_a_delivery_that_is_not_safe_or_not_clear_is_a_problem_of_the_configuration(
    desk: Desk, server: Sftp, changes: dict[str, str], words: str
) -> None:
    said = delivered_to(server, **changes).replace('host_key = ""', "")
    configure(desk, said)
    refused = desk.run("export", "status")
    assert refused.code == 2
    assert words in " ".join(refused.err.split())
    assert "secret" not in refused.err
