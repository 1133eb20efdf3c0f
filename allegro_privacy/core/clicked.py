"""What somebody asked behind the link of an e-mail, as a Reading: no words were weighed, a button was pressed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allegro_privacy.core.entered import post_doubts
from allegro_privacy.core.identity import email_key
from allegro_privacy.core.link_token import Link
from allegro_privacy.core.person import Channel, Level, Person, PostalAddress
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Nature, Note, Reading, Request

ASKED = "asked behind the link in an e-mail"


class Wish(StrEnum):
    """What can be asked behind a link."""

    STOP = "stop"
    CIRCULARS = "circulars"
    NOT_MINE = "not-mine"


SAID = {
    Wish.STOP: "no more e-mail",
    Wish.CIRCULARS: "no more circulars",
    Wish.NOT_MINE: "this is not my address",
}


@dataclass(frozen=True, slots=True)
class Clicked:
    """One wish. one_click: a mail program sent it for its user (RFC 8058).  name, address: as typed, for circulars."""

    link: Link
    wish: Wish
    received: datetime
    one_click: bool = False
    language: str = "en"
    name: str = ""
    address: str = ""


def said(clicked: Clicked) -> str:
    """The wish in words, as staff see it."""
    how = "a mail program's unsubscribe button" if clicked.one_click else "the page"
    words = f"{SAID[clicked.wish]} ({how}, link of the campaign {clicked.link.campaign})"
    return "\n".join(filter(None, (words, clicked.name, clicked.address)))


def identity_of(clicked: Clicked, anew: int = 0) -> str:
    """What makes two wishes one, so that a link pressed a hundred times is recorded once. anew: how often the same was
    asked before and no longer stands, since staff put them back."""
    typed = [" ".join(part.casefold().split()) for part in (clicked.name, clicked.address)]
    return "\n".join([clicked.wish, email_key(clicked.link.email), clicked.link.campaign, str(anew), *typed])


def requests_of(clicked: Clicked, address: PostalAddress | None, level: Level) -> tuple[Request, ...]:
    """What is asked. address: the one that was typed, read as far as it goes."""
    evidence = (Evidence("link." + clicked.wish, "link", said(clicked)),)
    notes = (Note.MACHINE_MADE,) if clicked.one_click else ()
    owner = Person(email=clicked.link.email)
    stop = Request("opt-out", owner, Channel.EMAIL, None, evidence, (), notes)
    match clicked.wish:
        case Wish.STOP:
            return (stop,)
        case Wish.CIRCULARS:
            person = Person(clicked.name or None, clicked.link.email, None, address)
            return (Request("opt-out", person, Channel.POST, level, evidence, tuple(post_doubts(person, level))),)
        case Wish.NOT_MINE:
            # The mail stops at once; whose account the address stands in, a person must find out.
            doubt = Doubtful(Doubt.SOMEONE_ELSE, "they say that this address is not theirs: whose account is it in?")
            return stop, Request("correction", owner, evidence=evidence, doubts=(doubt,))


def reading_of(clicked: Clicked, requests: tuple[Request, ...], scanner: bool) -> Reading:
    """The wish stands for what a classifier would have read. scanner: it lies in a burst of clicks."""
    notes = (Note.LINK_SCANNER,) if scanner else ()
    return Reading(Nature.PERSONAL, clicked.language, requests, (), notes, ASKED, rules="link", own=said(clicked))
