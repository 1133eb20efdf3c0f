"""Manifests signed with an ssh key, and signatures checked: by `ssh-keygen -Y`, which every desk with OpenSSH has."""

import subprocess
from pathlib import Path

from allegro_privacy.errors import ConfigError, PrivacyError

NAMESPACE = "allegro-privacy"
ENDING = ".sig"
PATIENCE = 30.0


class BadSignatureError(PrivacyError):
    """A signature that does not hold."""

    code = "signature"


def sign(content: bytes, key: Path) -> bytes:
    """The signature of these bytes. key: a private key file, or a public one whose private half an agent holds."""
    done = _run(["sign", "-f", str(key), "-n", NAMESPACE], content)
    if done.returncode or b"BEGIN SSH SIGNATURE" not in done.stdout:
        raise ConfigError(
            what="The manifest cannot be signed, so no list was written.",
            why=f"[export] sign_with, {key}: {_said(done)}",
            fix="Check the key: a passphrase can only be had from an ssh-agent, and nobody else may read the file.",
        )
    return done.stdout


def check(content: bytes, signature: Path, allowed: Path) -> str:
    """Who signed these bytes, by the file of allowed signers. Raises BadSignatureError."""
    if not allowed.is_file():
        raise ConfigError(f"{allowed} is not there.", "[export] allowed_signers names it.", "Write it, or take it out.")
    # The agent's socket is not needed to look, only to sign.
    found = _run(["find-principals", "-s", str(signature), "-f", str(allowed)])
    who = found.stdout.decode("utf-8", "replace").split("\n")[0].strip()
    if found.returncode or not who:
        raise BadSignatureError("It is signed with a key that is not among the allowed signers.", _said(found))
    names = ["-f", str(allowed), "-I", who, "-n", NAMESPACE, "-s", str(signature)]
    verified = _run(["verify", *names], content)
    if verified.returncode:
        raise BadSignatureError("Its signature does not hold: it was altered, or signed for another use.")
    return who


def _run(arguments: list[str], content: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    try:
        # A session of its own: no terminal to ask for a passphrase at, where cron would wait for ever.
        return subprocess.run(  # noqa: S603
            ["ssh-keygen", "-Y", *arguments],  # noqa: S607  wherever this machine has OpenSSH
            input=content,
            capture_output=True,
            timeout=PATIENCE,
            start_new_session=True,
            check=False,
        )
    except FileNotFoundError:
        why, fix = "ssh-keygen is not installed.", "apt-get install openssh-client"
        raise ConfigError("Manifests cannot be signed or checked here.", why, fix) from None
    except subprocess.TimeoutExpired:
        why = f"It took longer than {PATIENCE:g} s."
        raise PrivacyError("ssh-keygen does not end.", why, "Try it by hand.") from None


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
