"""What programs send is told from what people send, and a person's wish is heard whatever it comes in."""

from typing import NamedTuple

import pytest
from corpus import judge

from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Decision, Standing, Verdict
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.core.reading import Nature, Note, Reading
from allegro_privacy.workflow.judge import read

US = "customerservice@allegromusiccenter.com"
UNSUBSCRIBE = "unsubscribe@allegromusiccenter.com"


def mail(text: str = "", to: str = US, sender: str = "Rosa Quintero <rosa@example.com>", **headers: str) -> bytes:
    """A message; a header's underscores stand for dashes."""
    lines = [f"From: {sender}", f"To: {to}", "Date: Fri, 20 Nov 2026 09:01:00 -0500", "Message-ID: <1@example.com>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\n".join([*lines, "", text, ""]).encode()


def parts(kind: str, *pieces: tuple[str, str], **headers: str) -> bytes:
    """A multipart/report of that type."""
    body = "".join(f"--x\nContent-Type: {type_}\n\n{text}\n" for type_, text in pieces) + "--x--"
    return mail(body, Content_Type=f"multipart/report; report-type={kind}; boundary=x", MIME_Version="1.0", **headers)


def judged(raw: bytes) -> tuple[Reading, Decision]:
    _, reading = read(judge(), RawMessage(raw, Origin("eml:", "a.eml")))
    return reading, decide(reading, Standing(), judge().policy)


class Case(NamedTuple):
    raw: bytes
    nature: Nature
    verdict: Verdict = Verdict.IGNORE


DAEMON = "Mail Delivery Subsystem <mailer-daemon@mx.example>"
STATUS = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; gone@example.org\nAction: failed\nStatus: 5.1.1"
RETURNED = "Received: from news.allegromusiccenter.com\nMessage-ID: <77@allegromusiccenter.com>\nSubject: Pianos"

BOUNCES = {
    "a delivery status part": parts("delivery-status", ("message/delivery-status", STATUS), Subject="x"),
    "a header that names who failed": mail("Sorry.", X_Failed_Recipients="gone@example.org", Subject="x"),
    "qmail": mail(
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
        f"<gone@example.org>:\nSorry, no mailbox here by that name.\n\n--- Below this line\n\n{RETURNED}",
        sender="MAILER-DAEMON@mx.example",
        Return_Path="<>",
        Subject="failure notice",
    ),
    "a carrier that answers with a code only": mail(
        "Error: no such handset\n\n550 - nothing done", sender="post_master@phones.example", Subject="Re:Pianos"
    ),
    "a carrier in Japanese": mail(
        "宛先不明のため送信できませんでした。\n\n" + RETURNED,
        sender="no-reply@phones.example",
        Subject="メールエラー通知",
        Content_Type="text/plain; charset=utf-8",
    ),
    "Exchange in German": mail(
        "Fehler bei der Nachrichtenzustellung: gone@example.org\nDer Empfänger wurde nicht gefunden. 5.1.10",
        sender="Microsoft Outlook <MicrosoftExchange329e71@example.de>",
        Subject="Unzustellbar: Klaviere",
        Content_Type="text/plain; charset=utf-8",
    ),
    "a French server": mail(
        "Votre message n'a pas pu être remis. Le destinataire est inconnu.",
        sender="postmaster@example.fr",
        Subject="Non remis : Pianos",
        Content_Type="text/plain; charset=utf-8",
    ),
    "a server without an address of its own": mail(
        "There was an error delivering your mail to <gone@example.org>.\n\n" + RETURNED,
        sender="MAILER-DAEMON <>",
        Subject="Mail delivery failed",
    ),
    "a session, and no word about it": mail(
        "Transcript of session follows.\n\n In: RCPT TO:<gone@example.org>\n Out: 451 4.3.0 Error: write error",
        sender="MAILER-DAEMON@mx.example (Mail Delivery System)",
        Subject="Postfix SMTP server: errors from mx",
    ),
    "a list that does not know us": mail(
        "You are not a member of this mailing list.",
        sender="tuners-admin@lists.example",
        Subject="You are not member (tuners ML)",
    ),
    "nothing but the null path and a code": mail("<gone@example.org>: 5.2.2 is full", Return_Path="<>", Subject="x"),
    "a cloud sender's notice with a foot": mail(
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":'
        '[{"emailAddress":"gone@example.org"}]}}\n\n--\nIf you wish to stop receiving notifications, click below\n'
        "https://cloud.example/unsubscribe",
        sender="no-reply@sns.cloud.example",
        Feedback_ID="1:2:x",
    ),
    "such a notice cut by Sendmail": mail(
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"go!\n ne@example.org"}]}}'
    ),
    "a webhook's list": mail('[{"event":"bounce","email":"gone@example.org","status":"5.1.1","reason":"550 no"}]'),
    "a webhook's list of rows without an event": mail(
        '[{"email":"gone@example.org","created":"2026-10-08","reason":"550 Unknown user"}]'
    ),
    "a webhook with the event inside": mail(
        '{"signature":{"token":"1"},"event-data":{"event":"failed","severity":"permanent",'
        '"recipient":"gone@example.org"}}'
    ),
    "a webhook of another make": mail('{"RecordType":"Bounce","Type":"HardBounce","Email":"gone@example.org"}'),
    "one event a line": mail('{"event":"bounce","email":"a@example.org"}\n{"event":"bounce","email":"b@example.org"}'),
}

COMPLAINTS = {
    "a feedback report": parts(
        "feedback-report",
        ("message/feedback-report", "Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: mara@example.org"),
    ),
    "a copy that names its recipient": mail(
        "--x\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: <mara@example.org>\n\nHi\n--x--",
        sender="staff@mailbox.example",
        Subject="complaint about message from 192.0.2.4",
        MIME_Version="1.0",
        Content_Type="multipart/mixed; boundary=x",
    ),
    "a cloud sender's notice": mail(
        '{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"mara@example.org"}]}}'
    ),
    "such a notice inside a notice": mail(
        '{"Type":"Notification","Message":"{\\"eventType\\":\\"Complaint\\",\\"complaint\\":{\\"complainedRecipients\\":'
        '[{\\"emailAddress\\":\\"mara@example.org\\"}]}}"}'
    ),
    "a webhook about spam": mail('[{"event":"spamreport","email":"mara@example.org"}]'),
    "a webhook about an unsubscribing": mail('{"event":"unsubscribed","recipient":"mara@example.org"}'),
    "a platform's own list of those who left": mail(
        '{"RecordType":"SubscriptionChange","SuppressionReason":"ManualSuppression","Recipient":"mara@example.org",'
        '"SuppressSending":true}'
    ),
}

MADE = {
    "Apple's header": mail(
        "Apple Mail sent this.",
        UNSUBSCRIBE,
        Subject="unsubscribe",
        Auto_Submitted="auto-replied",
        X_Apple_Unsubscribe="true",
    ),
    "Apple's, to another mailbox": mail(
        Subject="unsubscribe", Auto_Submitted="auto-replied", X_Apple_Unsubscribe="true"
    ),
    "an empty message to the token": mail("", "unsubscribe+8f3a0c@allegromusiccenter.com"),
    "the token told by the envelope only": mail(
        "", "undisclosed@lists.example", Delivered_To="unsubscribe+8f3a0c@allegromusiccenter.com"
    ),
    "a command and a token": mail(Subject="unsubscribe:8f3a0c11d2"),
    "a command and a long token": mail(Subject="unsubscribe eyJhbGciOi.JIUzI1-NiJ9_x3"),
    "a command by a program": mail(Subject="Unsubscribe", Auto_Submitted="auto-generated", Precedence="bulk"),
    "a command in both places": mail("unsubscribe", Subject="unsubscribe", Auto_Submitted="auto-replied"),
    "a stock sentence": mail(
        "This message was automatically generated by a mail program.", UNSUBSCRIBE, Subject="Unsubscribe"
    ),
    "the words of a button not known yet": mail(
        "The mailbox owner pressed the button.", Subject="unsubscribe", Auto_Submitted="auto-generated"
    ),
}

OTHERS = {
    "a newsletter that tells its name only": Case(
        mail(
            "Welcome to the fourth issue. Reeds are cut in winter, and this winter was mild. " * 6
            + "If you do not wish to receive further copies, please e-mail us with a title of Un-subscribe.",
            sender="The Reed Newsletter <ed@reeds.example>",
            Subject="Issue 4",
        ),
        Nature.BULK,
    ),
    "an absence in German": Case(
        mail("Ich bin bis Montag nicht im Büro.", Subject="Abwesenheitsnotiz: Pianos"), Nature.AUTO_REPLY
    ),
    "an absence in French": Case(mail("Je suis absente.", Subject="Réponse automatique : Pianos"), Nature.AUTO_REPLY),
    "an absence in Portuguese": Case(
        mail("Estou de férias.", Subject="Resposta automática: Pianos"), Nature.AUTO_REPLY
    ),
    "an absence in Italian": Case(mail("Sono in ferie.", Subject="Risposta automatica: Pianos"), Nature.AUTO_REPLY),
    "an absence in Dutch": Case(mail("Ik ben op vakantie.", Subject="Automatisch antwoord: Pianos"), Nature.AUTO_REPLY),
    "an absence in Spanish": Case(mail("Estoy fuera.", Subject="Respuesta automática: Pianos"), Nature.AUTO_REPLY),
    "an absence told at the end of the title": Case(
        mail("We have your note.", Subject="Grand Hotel Auto Reply"), Nature.AUTO_REPLY
    ),
    "an answer by its header": Case(
        mail("Hello.", Subject="Re: Pianos", Auto_Submitted="auto-replied"), Nature.AUTO_REPLY
    ),
    "an answer by an older header": Case(mail("Hello.", Subject="Re: Pianos", X_Autoreply="yes"), Nature.AUTO_REPLY),
    "an absence to our unsubscribe address": Case(
        mail("I am away.", UNSUBSCRIBE, Subject="Automatic reply: Pianos", Auto_Submitted="auto-replied"),
        Nature.AUTO_REPLY,
    ),
    "a challenge": Case(
        mail("Click the link.\nhttps://wall.example/8f3a", Subject="Please confirm your message", Return_Path="<>"),
        Nature.AUTO_REPLY,
    ),
    "a read receipt": Case(
        parts(
            "disposition-notification", ("message/disposition-notification", "Disposition: automatic-action; displayed")
        ),
        Nature.RECEIPT,
    ),
    "a read receipt by its words": Case(
        mail("Ihre Nachricht wurde am 20.11. gelesen.", Subject="Gelesen: Pianos"), Nature.RECEIPT
    ),
    "a delivery that succeeded": Case(
        parts(
            "delivery-status",
            ("message/delivery-status", STATUS.replace("5.1.1", "2.0.0").replace("failed", "delivered")),
        ),
        Nature.RECEIPT,
    ),
    "a webhook about a delivery": Case(mail('{"event":"delivered","email":"a@example.org"}'), Nature.RECEIPT),
    "a report about our signature": Case(
        parts("feedback-report", ("message/feedback-report", "Feedback-Type: auth-failure")), Nature.FEEDBACK_REPORT
    ),
    "a report about our domain": Case(
        mail("See the file.", sender="noreply-dmarc@mailbox.example", Subject="Report domain: allegromusiccenter.com"),
        Nature.FEEDBACK_REPORT,
    ),
    "monitoring": Case(
        mail("Disk is full.", sender="nagios@ops.example", Subject="PROBLEM Host DOWN alert"), Nature.BULK
    ),
    "a notice of a bank with its own way out": Case(
        mail(
            "Your statement is there. To unsubscribe from these notices, see your profile.",
            Subject="Statement",
            Auto_Submitted="auto-generated",
            List_Unsubscribe="<https://bank.example/x>",
            sender="notices@bank.example",
        ),
        Nature.BULK,
    ),
    "a newsletter that tells us how we leave": Case(
        mail(f"To leave, press below:\nUnsubscribe {US}", Subject="News", Precedence="bulk"), Nature.BULK
    ),
    "a word to a mailing list that we read": Case(
        mail(
            "please unsubscribe me",
            "tuners@lists.example",
            Subject="[tuners] unsubscribe",
            List_Post="<mailto:tuners@lists.example>",
            List_Id="<tuners.lists.example>",
            Precedence="list",
        ),
        Nature.PERSONAL,
        Verdict.ASK,
    ),
    "a person who speaks of bounced mail": Case(
        mail("Has anybody else seen so many bounced e-mails lately?", Subject="Bounced mail"), Nature.PERSONAL
    ),
    "Exchange's wish for no automatic reply": Case(
        mail("What does tuning cost?", Subject="Tuning", X_Auto_Response_Suppress="All"), Nature.PERSONAL
    ),
}

HEARD = {
    "whose address has a tag for newsletters": mail(
        "You write to me every week, and I have no use for it. Please remove me from your mailing list.",
        sender="rosa+newsletter@example.com",
        Subject="your mail",
    ),
    "whose mailbox is named like a program's": mail(
        "Please remove me from your mailing list.", sender="Al Root <root.al@example.com>", Subject="your mail"
    ),
    "who answers a bounce": mail(
        "Please remove me from your mailing list.\n\n> Your message could not be delivered: 550 5.1.1 unknown user",
        Subject="Re: Undelivered Mail Returned to Sender",
    ),
    "who is a postmaster": mail(
        "Please remove me from your mailing list.", sender="Ann Lee <postmaster@example.org>", Subject="mailing list"
    ),
    "whose program says that no program sent it": mail(
        "Please remove me from your mailing list.", Subject="list", Auto_Submitted="no"
    ),
    "through a mailing list": mail("unsubscribe", Subject="unsubscribe", Precedence="list"),
    "through a mailing list, to us": mail(
        "unsubscribe me please", Subject="unsubscribe", List_Post="<mailto:x@lists.example>", Precedence="list"
    ),
    "through a contact form": mail(
        "Name: Rosa Quintero\nPlease stop sending me e-mails.",
        sender="Web form <noreply@forms.example>",
        Reply_To="rosa@example.com",
        Subject="New message",
        Auto_Submitted="auto-generated",
    ),
    "who thanks in the title": mail("Please remove me from your mailing list.", Subject="Thank you for your email"),
    "who is away and asks too": mail(
        "I am out of the office. Please unsubscribe me from your mailing list.",
        Subject="Automatic reply: Pianos",
        Auto_Submitted="auto-replied",
    ),
    "who wants a confirmation": mail(
        "Remove me from your list and confirm you sent this to your staff.", Subject="list"
    ),
    "who has left the company": mail(
        "I have left the company. Please remove this address.",
        Subject="Automatic reply: x",
        Auto_Submitted="auto-replied",
    ),
}


@pytest.mark.parametrize("raw", BOUNCES.values(), ids=BOUNCES)
def test_mail_that_came_back_is_a_bounce_and_never_a_request(raw: bytes) -> None:
    reading, decision = judged(raw)
    assert (reading.nature, decision.verdict, reading.requests) == (Nature.BOUNCE, Verdict.IGNORE, ())


@pytest.mark.parametrize("raw", COMPLAINTS.values(), ids=COMPLAINTS)
def test_a_complaint_is_an_opt_out_of_the_one_who_complained(raw: bytes) -> None:
    reading, decision = judged(raw)
    assert (reading.nature, decision.verdict) == (Nature.FEEDBACK_REPORT, Verdict.ACCEPT)
    assert [request.person.email for request in reading.requests] == ["mara@example.org"]


@pytest.mark.parametrize("raw", MADE.values(), ids=MADE)
def test_an_opt_out_that_a_mail_program_made_is_accepted(raw: bytes) -> None:
    reading, decision = judged(raw)
    assert (decision.verdict, [request.person.email for request in reading.requests]) == (
        Verdict.ACCEPT,
        ["rosa@example.com"],
    )
    assert Note.MACHINE_MADE in reading.notes


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS)
def test_each_sort_of_mail_is_told_from_the_others(case: Case) -> None:
    reading, decision = judged(case.raw)
    assert (reading.nature, decision.verdict) == (case.nature, case.verdict), reading.reason


@pytest.mark.parametrize("raw", HEARD.values(), ids=HEARD)
def test_a_person_is_heard(raw: bytes) -> None:
    reading, decision = judged(raw)
    assert decision.verdict in (Verdict.ACCEPT, Verdict.ASK), reading.reason
    assert "opt-out" in {request.kind for request in reading.requests}


class Failed(NamedTuple):
    raw: bytes
    addresses: tuple[str, ...]
    hard: bool


def report(*blocks: str) -> bytes:
    return parts(
        "delivery-status", ("message/delivery-status", "\n\n".join(["Reporting-MTA: dns; mx.example", *blocks]))
    )


def block(address: str, status: str, action: str = "failed", more: str = "") -> str:
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{more}"


FAILED = {
    "one": Failed(report(block("a@example.org", "5.1.1")), ("a@example.org",), True),
    "several": Failed(
        report(block("a@example.org", "5.1.1"), block("b@example.org", "5.1.1")),
        ("a@example.org", "b@example.org"),
        True,
    ),
    "only those that were not reached": Failed(
        report(block("a@example.org", "5.1.1"), block("b@example.org", "2.0.0", "relayed")), ("a@example.org",), True
    ),
    "whom we wrote to, not where it was forwarded": Failed(
        report(block("new@example.net", "5.1.1", more="\nOriginal-Recipient: rfc822; a@example.org")),
        ("a@example.org",),
        True,
    ),
    "for a while": Failed(report(block("a@example.org", "4.4.1", "delayed")), ("a@example.org",), False),
    "a full mailbox is full for a while": Failed(report(block("a@example.org", "5.2.2")), ("a@example.org",), False),
    "never ourselves": Failed(report(block(US, "5.1.1")), (), True),
    "in a header": Failed(
        mail("x", X_Failed_Recipients="a@example.org, b@example.org"), ("a@example.org", "b@example.org"), False
    ),
    "in the text": Failed(
        mail(
            f"Could not deliver.\n\n<a@example.org>:\nUser unknown\n\n{RETURNED}\nTo: b@example.org",
            sender=DAEMON,
            Subject="failure notice",
        ),
        ("a@example.org",),
        True,
    ),
    "in a notice": Failed(BOUNCES["a cloud sender's notice with a foot"], ("gone@example.org",), True),
    "in a notice that was cut": Failed(BOUNCES["such a notice cut by Sendmail"], ("gone@example.org",), False),
}


@pytest.mark.parametrize("case", FAILED.values(), ids=FAILED)
def test_a_bounce_names_whom_it_did_not_reach(case: Failed) -> None:
    reading, _ = judged(case.raw)
    assert (reading.failed, Note.HARD_BOUNCE in reading.notes) == (case.addresses, case.hard)


HOSTILE = {
    "braces without end": "{" * 50_000,
    "lists without end": "[" * 50_000,
    "objects inside of objects": '{"a":' * 5_000,
    "a great many events": '{"event":"bounce"}' * 20_000,
    "a string without end": '{"event":"bounce","email":"' + "a" * 100_000,
    "addresses without end": ("<" + "a" * 60 + "@") * 3_000,
    "codes without end": "5.1.1 550-" * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(10)
def test_hostile_text_is_judged_soon(text: str) -> None:
    judged(mail(text, sender=DAEMON, Subject="x" * 5_000))
