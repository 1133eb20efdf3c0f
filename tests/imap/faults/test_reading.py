"""Rows 36 to 46 and 49: what a pull makes of a server that does wrong while it is read."""

from pathlib import Path

import pytest
from servers.faulty import Faulty
from servers.promise import digest

from allegro_privacy.errors import ExitCode
from allegro_privacy.sources.imap_line import checked
from imap.shop import OTHER, USER, Shop, account, request

MESSAGES = 6
BOUND = 20.0
"""No single fault may hold up a pull with a short patience for longer than this."""
BODY = r"UID FETCH .*BODY"
FOR_ONCE = [
    # 37
    "close-before", "reset-before", "close-after", "close-before-tag", "close-mid-line", "close-mid-literal",
    "bye-mid-literal", "bye-before", "bye-after",
    # 38
    "literal-short", "literal-long", "truncated",
    # 39
    "stall-before", "stall-after", "stall-mid-literal", "literal-huge", "literal-absurd", "size-small", "size-missing",
    # 41, 42
    "nil-body", "empty-body", "unknown-uid", "no-uid", "one-missing", "ok-without-data", "twice",
    "unsolicited-flags", "unsolicited-body",
    # 43
    "garbage-line", "nested", "long-line", "wrong-tag", "no", "bad", "unavailable", "limit", "serverbug",
    # 45
    "arrived-meanwhile",
]  # fmt: skip
IN_THE_ANSWER_TO_SIZES = [
    "close-before", "close-before-tag", "close-mid-line", "unknown-uid", "no-uid", "one-missing", "ok-without-data",
    "unsolicited-flags", "garbage-line", "nested", "long-line", "wrong-tag", "no", "bad", "limit",
]  # fmt: skip
AT_OTHER_STEPS = [
    ("close-before", "EXAMINE"), ("bye-before", "EXAMINE"), ("stall-before", "EXAMINE"), ("unavailable", "EXAMINE"),
    ("inuse", "EXAMINE"), ("uidvalidity-missing", "EXAMINE"), ("close-before", "UID SEARCH"),
    ("close-after", "UID SEARCH"), ("ok-without-data", "UID SEARCH"), ("unavailable", "UID SEARCH"),
    ("stall-before", "UID SEARCH"), ("bye-before", "UID SEARCH"), ("no", "UID SEARCH"), ("bad", "UID SEARCH"),
    ("greeting-close", None), ("greeting-bye", None), ("greeting-silent", None), ("greeting-garbage", None),
    ("login-unavailable", None), ("login-limit", None), ("stall-before", "LOGIN"), ("close-before", "LOGIN"),
]  # fmt: skip


@pytest.fixture
def full(faulty: Faulty) -> Faulty:
    """A mailbox with six requests."""
    for number in range(MESSAGES):
        faulty.deliver(USER, "INBOX", request(number))
    return faulty


def there(server: Faulty) -> list[str]:
    return sorted(one.sha256 for one in server.listed(USER))


def all_is_recorded_once(shop: Shop, server: Faulty) -> None:
    assert shop.recorded() == there(server)
    assert len(shop.suppressed()) == len(set(shop.suppressed())) >= min(MESSAGES, len(server.listed(USER)))
    assert shop.events("message-received") == len(server.listed(USER))
    assert shop.sound()
    assert not server.deeds, "reading leaves no trace"


def counted_right(shop: Shop, server: Faulty) -> None:
    """Whatever is recorded now lies there with just these bytes."""
    assert set(shop.recorded()) <= set(there(server))
    assert not server.deeds


def pulled_until_all_is_there(shop: Shop, server: Faulty, top: Path) -> ExitCode:
    """One pull meets the fault; the next gets what it could not. How the first ended."""
    at = account(server, top)
    first = shop.pull(at)
    assert first.seconds < BOUND
    counted_right(shop, server)
    assert shop.pull(at).code == ExitCode.DONE
    all_is_recorded_once(shop, server)
    assert shop.pull(at).tally.fetched == 0
    return first.code


@pytest.mark.parametrize("name", FOR_ONCE)
def test_a_fault_while_bodies_come_loses_and_doubles_nothing(
    full: Faulty, shop: Shop, tmp_path: Path, name: str
) -> None:
    full.plan(name, at="UID FETCH" if name.startswith("size-") else BODY)
    assert pulled_until_all_is_there(shop, full, tmp_path) == ExitCode.DONE, "met again in the same pull"


@pytest.mark.parametrize("name", IN_THE_ANSWER_TO_SIZES)
def test_a_fault_while_sizes_come_loses_and_doubles_nothing(
    full: Faulty, shop: Shop, tmp_path: Path, name: str
) -> None:
    full.plan(name, at="UID FETCH .*SIZE")
    assert pulled_until_all_is_there(shop, full, tmp_path) == ExitCode.DONE


@pytest.mark.parametrize(("name", "at"), AT_OTHER_STEPS)
def test_a_fault_on_the_way_is_temporary_and_the_next_pull_gets_all(
    full: Faulty, shop: Shop, tmp_path: Path, name: str, at: str | None
) -> None:
    full.plan(name, at=at)
    code = pulled_until_all_is_there(shop, full, tmp_path)
    assert code == (ExitCode.DONE if at == "UID SEARCH" else ExitCode.TEMPORARY)


@pytest.mark.parametrize(
    "name", ["close-before", "bye-mid-literal", "literal-short", "stall-mid-literal", "literal-huge", "garbage-line",
             "unknown-uid", "no-uid", "ok-without-data", "limit", "nil-body", "reset-before"]
)  # fmt: skip
def test_a_fault_at_every_body_is_temporary_and_nothing_is_counted(
    full: Faulty, shop: Shop, tmp_path: Path, name: str
) -> None:
    full.plan(name, at=BODY, nth=0)
    at = account(full, tmp_path)
    pulled = shop.pull(at)
    assert pulled.code in (ExitCode.TEMPORARY, ExitCode.PARTLY)
    assert pulled.seconds < BOUND
    assert shop.recorded() == [] or name == "nil-body"
    counted_right(shop, full)
    full.plans.clear()
    assert shop.pull(at).code == ExitCode.DONE
    all_is_recorded_once(shop, full)


def test_a_fault_at_every_size_is_temporary(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    full.plan("size-missing", nth=0)
    pulled = shop.pull(account(full, tmp_path))
    assert pulled.code == ExitCode.TEMPORARY
    assert not shop.recorded()
    full.plans.clear()
    assert shop.pull(account(full, tmp_path)).code == ExitCode.DONE
    all_is_recorded_once(shop, full)


@pytest.mark.parametrize("name", ["close-before", "serverbug", "stall-before", "bye-before", "close-mid-literal"])
def test_one_message_that_breaks_the_server_holds_up_no_other(
    full: Faulty, shop: Shop, tmp_path: Path, name: str
) -> None:
    """Row 28 for servers: Dovecot's process dies at a damaged message, Exchange says NO to it."""
    full.plan(name, at=r"UID FETCH (3|\d[\d,:]*:[3-9]|[\d,:]*,3)\b.*BODY", nth=0)
    at = account(full, tmp_path)
    pulled = shop.pull(at)
    assert pulled.code == ExitCode.PARTLY
    assert len(shop.recorded()) == MESSAGES - 1
    assert pulled.tally.again == 1
    for _ in range(2):
        full.deliver(USER, "INBOX", request(100 + len(shop.recorded())))
        pulled = shop.pull(at)
    assert pulled.tally.problems
    assert "set aside" in pulled.tally.problems[0]
    assert shop.events("message-set-aside") == 1
    assert shop.events("review-opened") == 1, "a person sees it"
    full.deliver(USER, "INBOX", request(200))
    assert shop.pull(at).code == ExitCode.DONE, "and it is not asked for again"


def test_36_a_control_character_never_goes_into_a_command(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    evil = b"<a@b>\r\nX1 UID STORE 1:* +FLAGS (\\Deleted)\r\nX2 EXPUNGE"
    full.deliver(USER, "INBOX", b"Message-ID: " + evil + b"\r\nSubject: " + evil + b"\r\n\r\n" + evil)
    assert shop.pull(account(full, tmp_path)).code == ExitCode.DONE
    assert not full.deeds
    assert set(full.verbs()) <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
    for bad in ("a\r\nb", "a\nb", "a\0b", "a\x7fb", "\t"):
        with pytest.raises(ValueError, match="control character"):
            checked(bad)


def test_38_a_message_cut_off_every_time_inside_its_headers_is_a_problem(
    faulty: Faulty, shop: Shop, tmp_path: Path
) -> None:
    headers = b"".join(b"X-Long-%d: %s\r\n" % (number, b"x" * 60) for number in range(40))
    faulty.deliver(USER, "INBOX", headers + request(2))
    faulty.deliver(USER, "INBOX", request(1))
    faulty.plan("truncated", at="UID FETCH (1|1:2) .*BODY", nth=0)
    pulled = shop.pull(account(faulty, tmp_path))
    assert pulled.code == ExitCode.PARTLY
    assert digest(headers + request(2)) not in shop.recorded()
    counted_right(shop, faulty)
    faulty.plans.clear()
    assert shop.pull(account(faulty, tmp_path)).code == ExitCode.DONE
    all_is_recorded_once(shop, faulty)


def test_39_sizes_that_lie_cost_no_memory_and_no_message(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    full.plan("size-huge", nth=0)
    pulled = shop.pull(account(full, tmp_path))
    assert pulled.code == ExitCode.DONE
    assert pulled.tally.fetched == MESSAGES, "each read from the front, and a person looks where it may be cut"
    assert shop.events("message-received") == MESSAGES
    assert not full.deeds


@pytest.mark.parametrize("at", ["GREETING", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH .*SIZE", BODY])
def test_40_an_answer_that_drips_is_ended_by_the_command_s_own_time(
    full: Faulty, shop: Shop, tmp_path: Path, at: str
) -> None:
    """Each byte comes within the socket's time-out; all of them would take minutes."""
    object.__setattr__(full.options, "drip", 0.25)
    full.plan("greeting-trickle" if at == "GREETING" else "trickle", at=at, nth=0)
    pulled = shop.pull(account(full, tmp_path))
    assert pulled.code == ExitCode.TEMPORARY
    assert pulled.seconds < BOUND
    assert "too slow" in pulled.error.why if pulled.error else False
    counted_right(shop, full)
    full.plans.clear()
    full.kill_connections()
    assert shop.pull(account(full, tmp_path)).code == ExitCode.DONE
    all_is_recorded_once(shop, full)


def test_40_a_reading_has_a_time_of_its_own_and_the_next_goes_on(faulty: Faulty, shop: Shop, tmp_path: Path) -> None:
    from dataclasses import replace

    for number in range(5):
        faulty.deliver(USER, "INBOX", request(number))
    shop.patience = replace(shop.patience, reading=0.0001)
    at = account(faulty, tmp_path)
    counts = []
    while len(counts) < 9 and (not counts or counts[-1] < 5):
        pulled = shop.pull(at)
        assert pulled.code == ExitCode.DONE
        assert "the next pull goes on" in " ".join(pulled.tally.told) or len(shop.recorded()) == 5
        counts.append(len(shop.recorded()))
    assert counts == [1, 2, 3, 4, 5]
    shop.patience = replace(shop.patience, reading=60)
    assert shop.pull(at).code == ExitCode.DONE
    all_is_recorded_once(shop, faulty)


def test_41_another_message_s_answer_is_not_taken_for_ours(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    at = account(full, tmp_path)
    assert shop.pull(at).code == ExitCode.DONE
    full.deliver(USER, "INBOX", request(50))
    full.plan("other-message")
    assert shop.pull(at).code == ExitCode.DONE
    all_is_recorded_once(shop, full)


@pytest.mark.parametrize("name", ["expunged-meanwhile", "vanished"])
@pytest.mark.parametrize("at", ["UID FETCH .*SIZE", BODY])
def test_45_a_message_that_another_client_removes_is_no_fault(
    full: Faulty, shop: Shop, tmp_path: Path, name: str, at: str
) -> None:
    full.plan(name, at=at)
    pulled = shop.pull(account(full, tmp_path))
    assert pulled.code == ExitCode.DONE
    assert set(there(full)) <= set(shop.recorded())
    assert len(full.listed(USER)) == MESSAGES - 1
    assert shop.pull(account(full, tmp_path)).tally.fetched == 0


def test_46_what_staff_have_read_already_is_read_all_the_same(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    full.mark(USER, "INBOX", [1, 2, 3], ["\\Seen", "\\Answered"])
    full.mark(USER, "INBOX", [4], ["\\Deleted"])
    assert shop.pull(account(full, tmp_path)).code == ExitCode.DONE
    all_is_recorded_once(shop, full)


def test_one_mailbox_down_does_not_stop_the_other(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    full.deliver(OTHER, "INBOX", request(77))
    full.plan("login-unavailable", at=f"LOGIN.*{OTHER}")
    pulled = shop.pull(account(full, tmp_path, OTHER), account(full, tmp_path, USER))
    assert pulled.code == ExitCode.PARTLY
    assert pulled.tally.accepted == MESSAGES
    assert len(pulled.tally.down) == 1
    pulled = shop.pull(account(full, tmp_path, OTHER), account(full, tmp_path, USER))
    assert (pulled.code, pulled.tally.accepted) == (ExitCode.DONE, 1)


def test_all_mailboxes_out_of_reach_is_temporary(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    both = account(full, tmp_path, OTHER), account(full, tmp_path, USER)
    full.stop()
    pulled = shop.pull(*both)
    assert pulled.code == ExitCode.TEMPORARY
    assert shop.events("pull-finished") == 1, "that nothing could be read is recorded"
    full.start()
    assert shop.pull(*both).code == ExitCode.DONE


def test_what_came_before_the_line_broke_for_good_is_recorded(full: Faulty, shop: Shop, tmp_path: Path) -> None:
    big = request(70, body="and so on\r\n" * 90_000)
    uid = full.deliver(USER, "INBOX", big)
    for number in range(8):
        full.deliver(
            USER, "INBOX", big.replace(b"<70@", b"<7%d@" % (number + 1)).replace(b"pat70@", b"pat7%d@" % number)
        )
    full.plan("close-before", at=rf"UID FETCH ({uid + 7}|{uid + 8}|{uid + 7}:{uid + 8}) .*BODY", nth=0)
    full.plan("close-before", at="UID FETCH .*SIZE", nth=2)
    full.plan("greeting-close", at="GREETING", nth=3)
    pulled = shop.pull(account(full, tmp_path))
    assert pulled.code == ExitCode.PARTLY
    assert len(shop.recorded()) >= MESSAGES
    full.plans.clear()
    assert shop.pull(account(full, tmp_path)).code == ExitCode.DONE
    assert shop.recorded() == there(full)
