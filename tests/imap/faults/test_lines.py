"""Rows 47 and 48: nothing goes over a line that is not protected as it must be, and each refusal names its reason."""

from pathlib import Path

import pytest
from servers.certificates import Certificate
from servers.faulty import Faulty, faulty_server

from allegro_privacy.core.account import Method, Security
from allegro_privacy.errors import ExitCode
from allegro_privacy.sources.imap_connect import connect
from imap.shop import QUICK, USER, Shop, account, request


def nothing_secret_was_said(server: Faulty) -> bool:
    said = " ".join(server.commands())
    return "LOGIN" not in said and "AUTHENTICATE" not in said and server.passwords[USER] not in said


@pytest.mark.parametrize("name", ["starttls-stripped", "starttls-refused", "preauth"])
def test_47_without_protection_nothing_is_said(shop: Shop, tmp_path: Path, name: str) -> None:
    with faulty_server(tls="starttls") as server:
        server.deliver(USER, "INBOX", request(1))
        server.plan(name, nth=0)
        pulled = shop.pull(account(server, tmp_path, security=Security.STARTTLS))
        assert pulled.code == ExitCode.PARTLY
        assert pulled.error is not None
        assert "stand between" in pulled.error.why or "STARTTLS is required" in pulled.error.why
        assert nothing_secret_was_said(server)
    assert shop.recorded() == []


def test_47_a_server_that_skips_the_sign_in_is_refused_on_a_plain_line_too(
    faulty: Faulty, shop: Shop, tmp_path: Path
) -> None:
    faulty.plan("preauth")
    pulled = shop.pull(account(faulty, tmp_path))
    assert pulled.error is not None
    assert "somebody may stand between" in pulled.error.why
    assert nothing_secret_was_said(faulty)


def test_47_what_is_slipped_in_before_tls_is_not_believed(shop: Shop, tmp_path: Path) -> None:
    with faulty_server(tls="starttls") as server:
        server.deliver(USER, "INBOX", request(1))
        at = account(server, tmp_path, security=Security.STARTTLS)
        server.plan("starttls-injection", nth=0)
        pulled = shop.pull(at)
        assert pulled.code in (ExitCode.DONE, ExitCode.TEMPORARY)
        if pulled.code == ExitCode.DONE:
            with connect(at, patience=QUICK) as line:
                assert not line.can("INJECTED")


def test_47_a_server_that_wants_tls_gets_no_second_try_without(shop: Shop, tmp_path: Path) -> None:
    with faulty_server(tls="starttls", plain_login=False) as server:
        pulled = shop.pull(account(server, tmp_path, security=Security.PLAIN))
        assert pulled.error is not None
        assert "imaps" in pulled.error.fix or "starttls" in pulled.error.fix


def test_47_tls_is_not_spoken_to_a_plain_port(faulty: Faulty, shop: Shop, tmp_path: Path) -> None:
    at = account(faulty, tmp_path, security=Security.TLS, port=faulty.port)
    pulled = shop.pull(at)
    assert pulled.code in (ExitCode.PARTLY, ExitCode.TEMPORARY)
    assert nothing_secret_was_said(faulty)


REASONS = {
    Certificate.EXPIRED: "expired",
    Certificate.NOT_YET: "not yet valid",
    Certificate.WRONG_HOST: "127.0.0.1",
    Certificate.STRANGER: "issuer",
    Certificate.SELF_SIGNED: "self-signed",
}


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize("kind", REASONS)
def test_48_a_bad_certificate_is_refused_and_the_reason_named(
    shop: Shop, tmp_path: Path, kind: Certificate, tls: str
) -> None:
    with faulty_server(tls=tls, certificate=kind) as server:  # type: ignore[arg-type]
        security = Security.TLS if tls == "implicit" else Security.STARTTLS
        pulled = shop.pull(account(server, tmp_path, security=security))
        assert pulled.code == ExitCode.PARTLY
        assert pulled.error is not None
        assert pulled.error.what == "The certificate of 127.0.0.1 is not good."
        assert REASONS[kind] in pulled.error.why.lower()
        assert pulled.error.fix
        assert nothing_secret_was_said(server)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_48_a_weak_protocol_is_refused(shop: Shop, tmp_path: Path, tls: str) -> None:
    with faulty_server(tls=tls, weak_tls=True) as server:  # type: ignore[arg-type]
        security = Security.TLS if tls == "implicit" else Security.STARTTLS
        pulled = shop.pull(account(server, tmp_path, security=security))
        assert pulled.code in (ExitCode.PARTLY, ExitCode.TEMPORARY)
        assert pulled.error is not None
        assert nothing_secret_was_said(server)


@pytest.mark.parametrize("method", [Method.XOAUTH2, Method.OAUTHBEARER])
@pytest.mark.parametrize("expires", [-10, None], ids=["expired", "forged"])
def test_49_a_token_that_is_refused_is_asked_for_once_and_named(
    faulty: Faulty, shop: Shop, tmp_path: Path, method: Method, expires: int | None
) -> None:
    token = faulty.token(USER, forged=True) if expires is None else faulty.token(USER, expires)
    pulled = shop.pull(account(faulty, tmp_path, method=method, token=token))
    assert pulled.error is not None
    assert "The token has expired, or is for another mailbox" in pulled.error.why
    assert faulty.verbs()["AUTHENTICATE"] == 1
