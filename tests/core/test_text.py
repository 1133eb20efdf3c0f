"""What a person wrote themselves is told from what their message quotes, forwards and carries at its foot."""

import time
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allegro_privacy
from allegro_privacy.core.text import separate
from allegro_privacy.core.text_markers import compile_markers
from allegro_privacy.errors import ConfigError

LANGUAGES = Path(allegro_privacy.__file__).parent / "data" / "languages"
TABLES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(LANGUAGES.glob("*.toml"))]
MARKERS = compile_markers(TABLES)
SHOP_FOOTERS = (
    "You are receiving this e-mail because you signed up for Harbor Strings",
    "Harbor Strings | 4 Pier Road",
)


class Case(NamedTuple):
    """A message, and what the writer's own words in it are."""

    name: str
    text: str
    own: str


OFFER = "Big sale this week.\nTo unsubscribe, click here."
QUOTE = "> Big sale this week.\n> To unsubscribe, click here."

# Each is written above a quote; the first group stands above "> " lines, the second above a quote without marks.
HEADERS_OVER_MARKED = {
    "Gmail in English": "On Tue, Mar 3, 2026 at 10:12 AM Harbor Strings <news@shop.example> wrote:",
    "Gmail wrapped over two lines": "On Tue, Mar 3, 2026 at 10:12 AM Harbor Strings <news@shop.example>\nwrote:",
    "Gmail wrapped over three lines": "On Tue, Mar 3, 2026 at 10:12 AM Harbor\nStrings <news@shop.example>\nwrote:",
    "Gmail without a space before the verb": "On Tue, Mar 3, 2026 at 10:12 AM Harbor <news@shop.example>wrote:",
    "Gmail in Spanish": "El mar, 3 mar 2026 a las 10:12, Harbor Strings (<news@shop.example>) escribió:",
    "Gmail in Spanish wrapped": "El mar, 3 mar 2026 a las 10:12, Harbor Strings (<news@shop.example>)\nescribió:",
    "Spanish without accents": "El 3/3/2026 10:12, Harbor Strings escribio:",
    "Apple Mail": "On Mar 3, 2026, at 10:12\u202fAM, Harbor Strings <news@shop.example> wrote:",
    "Apple Mail in Spanish": "El 3 mar 2026, a las 10:12, Harbor Strings <news@shop.example> escribió:",
    "Thunderbird": "On 3/3/26 10:12, Harbor Strings wrote:",
    "Thunderbird in Spanish": "El 3/3/26 a las 10:12, Harbor Strings escribió:",
    "Yahoo": "On Tuesday, March 3, 2026 at 10:12:05 AM EST, Harbor Strings <news@shop.example> wrote:",
    "Old Yahoo": "--- On Tue, 3/3/09, Harbor Strings <news@shop.example> wrote:",
    "Pine without a time": "On Tue, 3 Mar 2009, Harbor Strings wrote:",
    "mutt": "On Tue, Mar 03, 2026 at 10:12:05AM -0500, Harbor Strings wrote:",
    "AOL": "In a message dated 3/3/2009 10:12:05 A.M. Eastern Standard Time, news@shop.example writes:",
    "Eudora": "At 10:12 AM 3/3/2009, Harbor Strings wrote:",
    "name first": "Harbor Strings <news@shop.example> wrote:",
    "name first with the date after the verb": "Harbor Strings wrote on 3/3/2026 10:12 AM:",
    "name first in Spanish": "Harbor Strings <news@shop.example> escribió:",
    "Horde": "Quoting Harbor Strings <news@shop.example>:",
    "Horde in Spanish": "Citando a Harbor Strings <news@shop.example>:",
    "Gmail that knew no wording": "2016-03-03 10:12 GMT-05:00 Harbor Strings <news@shop.example>:",
    "German": "Am 03.03.2026 um 10:12 schrieb Harbor Strings:",
    "German Gmail": "Harbor Strings <news@shop.example> schrieb am Di., 3. März 2026, 10:12:",
    "French": "Le mar. 3 mars 2026 à 10:12, Harbor Strings <news@shop.example> a écrit :",
    "Portuguese": "Em ter., 3 de mar. de 2026 às 10:12, Harbor Strings <news@shop.example> escreveu:",
    "bold marks left by an HTML reader": "*On Tue, Mar 3, 2026 at 10:12 AM Harbor <news@shop.example> wrote:*",
    "no date at all": "Harbor Strings wrote:",
}
HEADERS_OVER_UNMARKED = {
    "Outlook": "From: Harbor Strings <news@shop.example>\nSent: Tuesday, March 3, 2026 10:12 AM\n"
    "To: rosa@example.com\nSubject: Sale",
    "Outlook in bold": "*From:* Harbor Strings <news@shop.example>\n"
    "*Sent:* Tuesday, March 3, 2026 10:12 AM\n*Subject:* Sale",
    "Outlook double spaced": "From: Harbor Strings <news@shop.example>\n\nSent: Tuesday\n\n"
    "To: rosa@example.com\n\nSubject: Sale",
    "Outlook with a wrapped sender": "From: Harbor Strings Newsletter Department\n"
    "<news@shop.example>\nSent: Tuesday\nSubject: Sale",
    "Outlook below a line": "________________________________\nFrom: Harbor Strings <news@shop.example>\n"
    "Sent: Tuesday, March 3, 2026 10:12 AM\nTo: rosa@example.com\nSubject: Sale",
    "Outlook in Spanish": "De: Harbor Strings <news@shop.example>\nEnviado: martes, 3 de marzo de 2026 10:12\n"
    "Para: rosa@example.com\nAsunto: Rebajas",
    "Outlook in Spanish, newer": "De: Harbor Strings <news@shop.example>\nEnviado el: martes, 3 de marzo de 2026\n"
    "Para: rosa@example.com\nAsunto: Rebajas",
    "Outlook in Portuguese": "De: Harbor Strings\nEnviada em: terça-feira\nPara: rosa@example.com\nAssunto: Promoção",
    "Outlook in French": "De : Harbor Strings\nEnvoyé : mardi 3 mars 2026\nÀ : rosa@example.com\nObjet : Soldes",
    "Outlook in German": "Von: Harbor Strings\nGesendet: Dienstag, 3. März 2026\n"
    "An: rosa@example.com\nBetreff: Angebot",
    "original message": "-----Original Message-----\nFrom: Harbor Strings\nSent: Tuesday\nTo: Rosa\nSubject: Sale",
    "original message without headers": "----- Original Message -----",
    "original message in Spanish": "-----Mensaje original-----\nDe: Harbor Strings\nFecha: martes\n"
    "Para: Rosa\nAsunto: x",
    "Samsung": "-------- Original message --------\nFrom: Harbor Strings <news@shop.example>\nDate: 3/3/26 10:12 AM",
    "Samsung in Spanish": "-------- Mensaje original --------\n"
    "De: Harbor Strings <news@shop.example>\nFecha: 3/3/26 10:12",
    "original message in German": "-----Ursprüngliche Nachricht-----",
    "original message in French": "-------- Message d'origine --------",
    "Gmail": "On Tue, Mar 3, 2026 at 10:12 AM Harbor Strings <news@shop.example> wrote:",
    "Gmail in Spanish": "El mar, 3 mar 2026 a las 10:12, Harbor Strings (<news@shop.example>) escribió:",
    "Zoho": "---- On Tue, 03 Mar 2026 10:12:05 -0500 Harbor Strings <news@shop.example> wrote ----",
    "Zoho without a colon": "On Tue, 03 Mar 2026 10:12:05 -0500 Harbor Strings <news@shop.example> wrote",
    "Gmail with its address on lines of its own": "On Tue, Mar 3, 2026 at 10:12 AM Harbor\n\n<\n"
    "news@shop.example\n> wrote:",
}


@pytest.mark.parametrize("header", HEADERS_OVER_MARKED.values(), ids=HEADERS_OVER_MARKED.keys())
def test_a_reply_header_over_a_marked_quote_is_quoted_and_text_on_both_sides_is_own(header: str) -> None:
    text = f"No more, please.\n\n{header}\n{QUOTE}\n\nI mean it.\n"
    found = separate(text, MARKERS, SHOP_FOOTERS)
    assert found.own == "No more, please.\n\nI mean it."
    assert found.quoted == f"{header}\n{QUOTE}"
    assert found.has_quote
    assert not found.greeting_only


@pytest.mark.parametrize("header", HEADERS_OVER_UNMARKED.values(), ids=HEADERS_OVER_UNMARKED.keys())
def test_all_below_a_header_over_an_unmarked_quote_is_quoted(header: str) -> None:
    found = separate(f"No more, please.\n\n{header}\n\n{OFFER}\n", MARKERS, SHOP_FOOTERS, "Re: Sale")
    assert found.own == "No more, please."
    assert found.quoted.endswith(OFFER)
    assert found.forwarded == ()


@pytest.mark.parametrize("header", HEADERS_OVER_UNMARKED.values(), ids=HEADERS_OVER_UNMARKED.keys())
def test_a_reply_without_a_word_of_its_own_makes_the_caller_read_the_whole(header: str) -> None:
    found = separate(f"{header}\n\n{OFFER}\n", MARKERS, SHOP_FOOTERS, "Re: Sale")
    assert (found.own, found.greeting_only) == ("", True)


OWN = [
    Case("a plain text is all own", "STOP", "STOP"),
    Case("blank lines at the ends go", "\n\nSTOP\n\n", "STOP"),
    Case("line ends of every kind are read", "Baja\r\npor favor\rgracias", "Baja\npor favor\ngracias"),
    Case("a bottom post", f"{QUOTE}\n\nPlease stop.", "Please stop."),
    Case("a bottom post right under its quote", f"{QUOTE}\nPlease stop.", "Please stop."),
    Case(
        "answers between quotes",
        "> Still at 12 Oak Street?\nNo.\n\n> Still want mail?\nNo, stop it.",
        "No.\n\nNo, stop it.",
    ),
    Case(
        "quotes in AOL's brackets",
        "In a message dated 3/3/2009 10:12:05 A.M. EST, news@shop.example writes:\n\n<< Big\nsale. >>\n\nNo, stop.",
        "No, stop.",
    ),
    Case("quotes with bars", "No, stop.\n\n| Do you want more?\n| Tell us.", "No, stop."),
    Case("quotes with initials", "HS> Do you want more?\nHS> Tell us.\n\nNo, stop.", "No, stop."),
    Case("a table with bars is not a quote", "| Item | Price |\n| Bow | 20 |", "| Item | Price |\n| Bow | 20 |"),
    Case("one line with a bar is not a quote", "| stop", "| stop"),
    Case("a From line that mbox escaped", "Hello.\n>From now on, no more mail.", "Hello.\n>From now on, no more mail."),
    Case("an opening greeting", "Saludos, no me escriban más", "Saludos, no me escriban más"),
    Case("a greeting above a request", "Hola,\n\ndenme de baja", "Hola,\n\ndenme de baja"),
    Case("closing and name stay", "Please stop.\n\nThanks,\nRosa", "Please stop.\n\nThanks,\nRosa"),
    Case(
        "name and street below a closing stay",
        "No snail mail, please.\nThank you,\nRosa Quintero\n12 Oak Street, Apt 4\nMiami, FL 33101-1234",
        "No snail mail, please.\nThank you,\nRosa Quintero\n12 Oak Street, Apt 4\nMiami, FL 33101-1234",
    ),
    Case(
        "another address of the writer stays",
        "Stop.\nGracias,\nRosa\nrosa@example.org",
        "Stop.\nGracias,\nRosa\nrosa@example.org",
    ),
    Case(
        "a moving notice is not a header block",
        "I moved.\nFrom: 12 Oak St\nTo: 4 Elm St",
        "I moved.\nFrom: 12 Oak St\nTo: 4 Elm St",
    ),
    Case("one header line is not a header block", "Stop mail\nFrom: your shop", "Stop mail\nFrom: your shop"),
    Case("a line that begins with On", "On Monday I wrote to you.\nStop.", "On Monday I wrote to you.\nStop."),
    Case(
        "what one wrote oneself",
        "On March 3, 2026 at 10:12 I wrote:\nno more mail",
        "On March 3, 2026 at 10:12 I wrote:\nno more mail",
    ),
    Case(
        "what one wrote oneself in Spanish",
        "El 3/3/2026 a las 10:12 yo escribí:\nno más",
        "El 3/3/2026 a las 10:12 yo escribí:\nno más",
    ),
    Case("prose with a verb of writing", "Last week my wife wrote:\nstop it.", "Last week my wife wrote:\nstop it."),
    Case(
        "prose with a date and a verb",
        "On March 3, 2026 my wife wrote:\nstop it.",
        "On March 3, 2026 my wife wrote:\nstop it.",
    ),
    Case("words of a marker in prose", "original message\nwas lost", "original message\nwas lost"),
    Case(
        "dashes between paragraphs",
        "Stop mail.\n-----\nAnd the calls I get.",
        "Stop mail.\n-----\nAnd the calls I get.",
    ),
    Case(
        "underscores between paragraphs", "Stop.\n____\nAnd remove me from it.", "Stop.\n____\nAnd remove me from it."
    ),
    Case("a text that is only below a signature mark", "-- \nPlease unsubscribe me", "Please unsubscribe me"),
    Case("a greeting and a text below a signature mark", "Hola\n--\nBaja, por favor", "Hola\n\nBaja, por favor"),
    Case(
        "a postscript below a signature",
        "Where is my bow?\n-- \nRosa\nP.S. Stop the mail.",
        "Where is my bow?\n\nP.S. Stop the mail.",
    ),
    Case("a Spanish postscript", "¿Y mi arco?\n-- \nRosa\nPD: denme de baja", "¿Y mi arco?\n\nPD: denme de baja"),
    Case(
        "a long text below two dashes",
        "Stop.\n--\n" + "One more thing to say.\n" * 20,
        "Stop.\n--\n" + "One more thing to say.\n" * 19 + "One more thing to say.",
    ),
    Case(
        "prose about a device",
        "Stop.\nSent from my desk, this is much easier to type than on a mobile phone.",
        "Stop.\nSent from my desk, this is much easier to type than on a mobile phone.",
    ),
    Case(
        "an address after 'sent from my'",
        "Sent from my old mailbox rosa@example.com, remove it",
        "Sent from my old mailbox rosa@example.com, remove it",
    ),
    Case(
        "a request that sounds like a footer",
        "To unsubscribe me you need this: rosa@example.com",
        "To unsubscribe me you need this: rosa@example.com",
    ),
    Case(
        "a complaint about the footer",
        "Hi.\nI tried.\n\nTo stop receiving these I clicked twice.",
        "Hi.\nI tried.\n\nTo stop receiving these I clicked twice.",
    ),
    Case(
        "a rights letter with a legal opening",
        "Buenos días:\n\nDe conformidad con lo establecido en el artículo 15, solicito mis datos.",
        "Buenos días:\n\nDe conformidad con lo establecido en el artículo 15, solicito mis datos.",
    ),
    Case("a request with a phone", "Please stop calling\n305-555-0123", "Please stop calling\n305-555-0123"),
    Case("a footer phrase that is the whole text", "To unsubscribe, click here", "To unsubscribe, click here"),
    Case("no text at all", "", ""),
]


@pytest.mark.parametrize("case", OWN, ids=lambda case: case.name)
def test_what_is_not_certainly_foreign_stays_own(case: Case) -> None:
    assert separate(case.text, MARKERS, SHOP_FOOTERS).own == case.own


SIGNATURES = {
    "below the mark of RFC 3676": ("-- \nRosa Quintero\nSales", "Rosa Quintero\nSales"),
    "below two dashes": ("--\nRosa Quintero", "Rosa Quintero"),
    "below underscores": ("__\nRosa Quintero", "Rosa Quintero"),
    "below a drawn line, with a phone": (
        "-----------\nRosa Quintero\nSales\nTel: 305 555 0123",
        "Rosa Quintero\nSales\nTel: 305 555 0123",
    ),
    "a newsletter of the writer's own": (
        "Rosa Quintero\nUnsubscribe from my list: https://rosa.example/list",
        "Unsubscribe from my list: https://rosa.example/list",
    ),
    "the same in Spanish": (
        "Rosa Quintero\nDarse de baja de mi boletín: https://rosa.example/list",
        "Darse de baja de mi boletín: https://rosa.example/list",
    ),
    "a phone below the name": ("Thanks,\nRosa\n(305) 555-0123", "(305) 555-0123"),
    "a labelled phone below the name": ("Saludos,\nRosa\nCel. 305 555 0123", "Cel. 305 555 0123"),
    "a link below the name": ("Regards,\nRosa\nhttps://rosa.example", "https://rosa.example"),
}


@pytest.mark.parametrize(("foot", "signature"), SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_signature_is_set_apart(foot: str, signature: str) -> None:
    found = separate(f"Where is my order?\n\n{foot}", MARKERS, SHOP_FOOTERS)
    assert found.signature == signature
    assert found.own.startswith("Where is my order?")
    assert "nsubscribe" not in found.own


FOOTERS = {
    "iPhone": "Sent from my iPhone",
    "a device with an excuse": "Sent from my Galaxy phone, please excuse typos.",
    "iPhone in Spanish": "Enviado desde mi iPhone",
    "Outlook's advertisement": "Get Outlook for iOS<https://aka.example/x>",
    "Outlook's advertisement in Spanish": "Obtener Outlook para Android",
    "Yahoo on a phone": "Sent from Yahoo Mail on Android",
    "BlackBerry": "Sent via BlackBerry by AT&T",
    "a French phone": "Envoyé de mon iPhone",
    "a German phone": "Von meinem iPhone gesendet",
    "a Portuguese phone": "Enviado do meu iPhone",
    "a scanner": "Virus-free. www.scanner.example",
    "a scanner in Spanish": "Libre de virus. www.scanner.example",
    "a notice": "CONFIDENTIALITY NOTICE: This e-mail is for the intended recipient.\nIf received in error, delete it.",
    "a notice without a heading": "This email and any attachments are confidential.\nPlease delete all copies.",
    "a notice in Spanish": "AVISO DE CONFIDENCIALIDAD: Este mensaje es privado.\n"
    "Si lo recibe por error, elimine sus datos.",
    "a Spanish notice without a heading": "Este mensaje y sus adjuntos son confidenciales.\n"
    "Elimínelo si no es para usted.",
    "two paragraphs of notice": "The information contained in this e-mail is private.\n\n"
    "If you are not the intended recipient, delete it.",
    "a green thought": "Please consider the environment before printing this e-mail.",
    "a foreign newsletter": "You received this email because you signed up at Tide Tours.\nUnsubscribe | Preferences",
    "a foreign newsletter in Spanish": "Recibes este correo porque te registraste.\nPara darte de baja, haz clic aquí.",
    "a mailing list": "_______________________________________________\nviolas mailing list\nviolas@lists.example",
    "a list's instructions": "To unsubscribe, send a message to violas-request@lists.example",
    "a group": "You received this message because you are subscribed to the group.\n\nTo unsubscribe, visit x.",
    "our own footer": "You are receiving this e-mail because you signed up for Harbor Strings.\n\nStop e-mail: click.",
    "our own footer wrapped": "You are receiving this\ne-mail because you signed\n"
    "up for Harbor Strings.\nUnsubscribe here.",
    "our own address line": "HARBOR STRINGS | 4 Pier Road\n\nUnsubscribe",
}


@pytest.mark.parametrize("foot", FOOTERS.values(), ids=FOOTERS.keys())
def test_a_footer_is_set_apart(foot: str) -> None:
    found = separate(f"Where is my order?\n\n{foot}", MARKERS, SHOP_FOOTERS)
    assert found.own == "Where is my order?"
    assert found.footer == foot


def test_a_banner_of_the_mail_gateway_is_footer_even_at_the_top() -> None:
    found = separate("CAUTION: External email. Do not click links.\n\nSTOP", MARKERS)
    assert (found.own, found.footer) == ("STOP", "CAUTION: External email. Do not click links.")


def test_text_below_a_device_line_is_own() -> None:
    assert separate("Sent from my iPhone\n\nPlease stop.", MARKERS).own == "Please stop."


def test_a_footer_inside_a_quote_stays_with_the_quote_and_does_not_swallow_what_follows() -> None:
    found = separate(f"> {SHOP_FOOTERS[0]}\n> Unsubscribe\n\nPlease stop.", MARKERS, SHOP_FOOTERS)
    assert (found.own, found.footer) == ("Please stop.", "")


GMAIL_FORWARD = "---------- Forwarded message ---------"
FORWARD_HEADERS = (
    "From: Harold Finch <harold@example.net>\nDate: Tue, Mar 3, 2026 at 10:12 AM\n"
    "Subject: no e-mail\nTo: Harbor <news@shop.example>"
)
SPANISH_HEADERS = (
    "De: Harold Finch <harold@example.net>\n"
    "Enviado: martes, 3 de marzo de 2026 10:12\nPara: Harbor <news@shop.example>\nAsunto: no e-mail"
)


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


FORWARDS = {
    "Gmail": (f"{GMAIL_FORWARD}\n{FORWARD_HEADERS}\n\nstop it", ""),
    "Gmail with Spanish headers": (f"---------- Mensaje reenviado ---------\n{SPANISH_HEADERS}\n\nstop it", ""),
    "Apple Mail": (f"Begin forwarded message:\n\n{_marked(FORWARD_HEADERS)}\n>\n> stop it", ""),
    "Apple Mail in Spanish": (f"Inicio del mensaje reenviado:\n\n{_marked(SPANISH_HEADERS)}\n>\n> stop it", ""),
    "Apple Mail from HTML": (_marked(f"Begin forwarded message:\n\n{FORWARD_HEADERS}\n\nstop it"), ""),
    "Yahoo": (f"----- Forwarded Message -----\n{FORWARD_HEADERS}\n\nstop it", ""),
    "Thunderbird": (
        "-------- Forwarded Message --------\nSubject: no e-mail\nDate: Tue, 3 Mar 2026\n"
        "From: Harold Finch <harold@example.net>\nTo: Harbor <news@shop.example>\n\nstop it",
        "",
    ),
    "mutt": (f"----- Forwarded message from Harold Finch -----\n\n{FORWARD_HEADERS}\n\nstop it", ""),
    "Outlook": (f"{FORWARD_HEADERS}\n\nstop it", "FW: no e-mail"),
    "Outlook below an original-message line": (
        f"-----Original Message-----\n{FORWARD_HEADERS}\n\nstop it",
        "Fw: no e-mail",
    ),
    "Outlook in Spanish": (f"-----Mensaje original-----\n{SPANISH_HEADERS}\n\nstop it", "RV: no e-mail"),
    "Outlook with marks": (_marked(f"{FORWARD_HEADERS}\n\nstop it"), "Fwd: no e-mail"),
    "Outlook in bold": (
        "*From:* Harold Finch <harold@example.net>\n*Sent:* Tuesday\n"
        "*To:* Harbor <news@shop.example>\n*Subject:* no e-mail\n\nstop it",
        "FW: no e-mail",
    ),
}


@pytest.mark.parametrize(("forward", "subject"), FORWARDS.values(), ids=FORWARDS.keys())
@pytest.mark.parametrize("own", ["", "Please take care of this one."])
def test_a_forwarded_message_is_kept_apart_with_its_sender(forward: str, subject: str, own: str) -> None:
    found = separate(f"{own}\n\n{forward}", MARKERS, SHOP_FOOTERS, subject)
    assert found.own == own
    assert found.greeting_only == (not own)
    assert not found.has_quote
    [forwarded] = found.forwarded
    assert (forwarded.sender, forwarded.sender_name) == ("harold@example.net", "Harold Finch")
    assert (forwarded.subject, forwarded.to) == ("no e-mail", "Harbor <news@shop.example>")
    assert "T" in forwarded.date or "martes" in forwarded.date
    assert forwarded.text == "stop it"


def test_a_bare_header_block_is_a_forward_when_nothing_stands_above_it_and_a_reply_otherwise() -> None:
    pasted = f"{FORWARD_HEADERS}\n\nstop it"
    alone, below = separate(pasted, MARKERS), separate(f"Please stop.\n\n{pasted}", MARKERS)
    assert [each.sender for each in alone.forwarded] == ["harold@example.net"]
    assert (below.forwarded, below.quoted) == ((), pasted)


def test_several_forwarded_messages_are_told_apart() -> None:
    one, other = FORWARD_HEADERS, FORWARD_HEADERS.replace("harold", "rosa")
    found = separate(f"{GMAIL_FORWARD}\n{one}\n\nstop\n\n{GMAIL_FORWARD}\n{other}\n\nbaja\n", MARKERS)
    assert [(each.sender, each.text) for each in found.forwarded] == [
        ("harold@example.net", "stop"),
        ("rosa@example.net", "baja"),
    ]


def test_a_forwarded_message_can_be_separated_again() -> None:
    found = separate(
        f"{GMAIL_FORWARD}\n{FORWARD_HEADERS}\n\nplease stop\n\nOn Mon, 2 Mar 2026 10:00 Harbor wrote:\n{QUOTE}", MARKERS
    )
    assert separate(found.forwarded[0].text, MARKERS).own == "please stop"


def test_text_below_a_marked_forward_is_own() -> None:
    found = separate(
        f"Begin forwarded message:\n\n{_marked(FORWARD_HEADERS)}\n>\n> stop it\n\nStop that one too.", MARKERS
    )
    assert found.own == "Stop that one too."


def test_an_answered_message_with_headers_shows_whom_it_was_sent_to() -> None:
    text = (
        "Stop.\n\nFrom: Harbor Strings <news@shop.example>\nSent: Tuesday\n"
        "To: other@example.org\nSubject: Sale\n\nBig sale."
    )
    [answered] = separate(text, MARKERS, (), "Re: Sale").answered
    assert (answered.sender, answered.to, answered.text) == ("news@shop.example", "other@example.org", "Big sale.")


COURTESIES = [
    "",
    "Hi",
    "Hello Ms. Ortiz,",
    "Dear Sir or Madam:",
    "Thanks, Rosa",
    "Thanks,\nRosa Quintero",
    "Hola a todos",
    "Gracias",
    "Muchas gracias,\nJosé Luis",
    "Good morning,\n\nBest regards,\nRosa",
    "Buenos días, equipo",
    "Saludos cordiales\nRosa",
]
MORE_THAN_COURTESIES = [
    "STOP",
    "Hi, stop",
    "Hola, baja",
    "Gracias. Baja",
    "Hello,\nDeceased",
    "Hi\nremove me",
    "Saludos, no me escriban más",
    "Thanks, unsubscribe",
    "Thanks, Remove",
    "Baja",
    "Rosa",
    "Hello,\n\nNO E-MAIL",
    "Thanks,\nSTOP",
]


@pytest.mark.parametrize("text", COURTESIES)
def test_courtesies_alone_make_the_caller_read_the_whole(text: str) -> None:
    assert separate(f"{text}\n\n{QUOTE}", MARKERS).greeting_only


@pytest.mark.parametrize("text", MORE_THAN_COURTESIES)
def test_a_word_beyond_courtesy_is_something_said(text: str) -> None:
    assert not separate(f"{text}\n\n{QUOTE}", MARKERS).greeting_only


def test_a_table_that_cannot_be_used_names_every_wrong_entry() -> None:
    with pytest.raises(ConfigError) as caught:
        compile_markers(
            [{"markers": {"greeting": ["hi"], "closings": "thanks", "banners": ["x"], "fields": {"form": ["von"]}}}]
        )
    for key in ("markers.greeting", "markers.closings", "markers.banners", "markers.fields.form"):
        assert key in caught.value.why


SNIPPETS = [case.text for case in OWN] + [
    *HEADERS_OVER_MARKED.values(),
    *HEADERS_OVER_UNMARKED.values(),
    *FOOTERS.values(),
    QUOTE,
    OFFER,
]
SNIPPETS += [forward for forward, _ in FORWARDS.values()] + [foot for foot, _ in SIGNATURES.values()]
PIECES = st.one_of(
    st.sampled_from(SNIPPETS),
    st.text(max_size=30),
    st.sampled_from(["", " ", ">", "-- ", "__", "> >", "|", "\r", "´", ":"]),
)
TEXTS = st.lists(PIECES, max_size=12).map("\n".join)


def _filled(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.strip() for line in lines if line.strip()]


@given(TEXTS, st.sampled_from(["", "Re: x", "Fwd: x"]))
@settings(max_examples=300)
def test_every_line_lands_in_one_place_and_nothing_is_invented(text: str, subject: str) -> None:
    found = separate(text, MARKERS, SHOP_FOOTERS, subject)
    given_lines = _filled(text)
    placed = [line for bucket in (found.own, found.quoted, found.signature, found.footer) for line in _filled(bucket)]
    for line in placed:
        given_lines.remove(line)  # fails when a line was invented or given out twice
    forwarded = " ".join("".join(vars_of(each)) for each in found.forwarded)
    kept = "".join(forwarded.split())
    for line in given_lines:  # what is left is a message passed on, its header lines, or a drawn line
        assert found.forwarded or not any(map(str.isalnum, line)), line
    for each in found.forwarded:
        assert all(line in "\n".join(_filled(text)) for line in _filled(each.text))
    assert len(kept) <= len(text)


def test_a_lone_quote_mark_does_not_count_the_message_below_it_twice() -> None:
    text = ">\nFrom: Rosa <rosa@example.com>\nSent: Tuesday, March 3, 2026 10:12 AM\nSubject: x\nplease stop"
    found = separate(text, MARKERS, SHOP_FOOTERS, "Fwd: x")

    assert [each.text for each in found.forwarded] == ["please stop"]


def vars_of(forwarded: object) -> list[str]:
    return [getattr(forwarded, name) for name in ("sender", "sender_name", "subject", "date", "text")]


@given(st.text())
@settings(max_examples=200)
def test_any_text_is_read_without_an_exception(text: str) -> None:
    separate(text, MARKERS, SHOP_FOOTERS, text)


HOSTILE = {
    "angle brackets in one line": ">",
    "quoted lines": ">\n",
    "lines that begin like a reply header": "On 1 <\n",
    "header lines": "From: x\n",
    "header blocks": "From: x@y\nDate: z\nq\n",
    "dashes": "--\nx\n",
    "underscores far apart": "__\n\n\n\n",
    "forward marks": "---------- Forwarded message ---------\nFrom: a@b\n\nhi\n",
    "fingerprints in quotes": f"> {SHOP_FOOTERS[0]}\n",
    "greetings": "Hi\n",
    "notices": "x\n\nThis email was sent to\n\n",
    "at signs": "From: @@@@\nDate: x\n",
    "blank lines": "\n",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        separate(text, MARKERS, SHOP_FOOTERS)
        return time.process_time() - started

    # The least of several: a busy machine or the garbage collector only ever adds.
    small, large = (min(seconds(size) for _ in range(3)) for size in (12_500, 200_000))
    assert large < 16 * 4 * max(small, 0.002)
