"""Asks and whom they are about, put together into Requests: one per kind, channel and person."""

from dataclasses import replace

from allegro_privacy.core.asks import Ask
from allegro_privacy.core.channels import settle_channels
from allegro_privacy.core.customer_number import customer_number
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.person import Channel, Level, Person
from allegro_privacy.core.postal import address_key
from allegro_privacy.core.postal_people import NamedAddress
from allegro_privacy.core.reading import Doubt, Doubtful, Evidence, Note, Request
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.shop import Shop
from allegro_privacy.core.whom import (
    About,
    Sender,
    about_email,
    client_of_agent,
    name_of,
    name_spoken_of,
    others_named,
    phone_of,
    postal_people,
    sender_of,
    writer,
)

_SILENCE_WAITS = (
    Doubt.NEGATION,
    Doubt.SOMEONE_ELSE,
    Doubt.NO_SENDER,
    Doubt.SEVERAL_SENDERS,
    Doubt.QUOTED_ONLY,
    Doubt.REPORTED,
    Doubt.LANGUAGE,
    Doubt.SOUNDS_LIKE,
    Doubt.UNLIKELY,
)
_COMING_BACK = Doubtful(Doubt.OPT_IN, "coming back needs the customer's own word")


def requests_of(
    letter: Letter, asks: list[Ask], rules: Rules, shop: Shop, by_agent: bool = False
) -> tuple[Request, ...]:
    """Every request of a letter, the implied ones too. An agent's letter is about the person that it names."""
    if not asks:
        return ()
    sender = client_of_agent(letter, shop) if by_agent else sender_of(letter, shop)
    people = _people(letter, asks, sender, shop)
    asks = settle_channels(asks, people, letter)
    requests: list[Request] = []
    for ask in asks:
        match ask.channel:
            case Channel.EMAIL if ask.kind == "opt-out":
                requests += _by_email(ask, letter, sender, shop)
            case Channel.POST:
                requests += _by_post(ask, letter, sender, people, shop)
            case Channel.PHONE:
                requests.append(_by_phone(ask, letter, sender, shop))
            case _:
                requests.append(_right(ask, letter, sender, people, shop))
    return tuple(requests + _implied(requests, letter, sender, people, rules, shop))


def _people(letter: Letter, asks: list[Ask], sender: Sender, shop: Shop) -> tuple[NamedAddress, ...]:
    """Postal addresses are looked for only where they matter: it is the dear part of reading."""
    wanted = any(
        ask.channel is Channel.POST
        or ask.kind in ("deletion", "access", "correction")
        or ask.needs & {"list", "all", "either"}
        for ask in asks
    )
    return postal_people(letter, sender, (*shop.no_email, *shop.no_post), shop) if wanted else ()


def _evidence(ask: Ask) -> tuple[Evidence, ...]:
    clear = [found for found in ask.found if found.clear] or list(ask.found)
    return tuple(dict.fromkeys(found.evidence for found in clear))


def _undecided(ask: Ask) -> tuple[Doubtful, ...]:
    if "either" in ask.needs and ask.needs <= {"either", "address", "to-us"}:
        return (*ask.doubts(), Doubtful(Doubt.WHICH_CHANNEL, "paper or e-mail?"))
    return ask.doubts()


def _by_email(ask: Ask, letter: Letter, sender: Sender, shop: Shop) -> list[Request]:
    about: About = about_email(ask, letter, sender, shop)
    named = about.emails != ((sender.email,) if sender.email else ())
    people = [Person(name=None if named else name_of(letter, sender, shop), email=email) for email in about.emails]
    return [
        Request(
            kind=ask.kind,
            channel=Channel.EMAIL,
            person=person,
            evidence=_evidence(ask),
            doubts=(*_undecided(ask), *about.doubts),
            notes=tuple(dict.fromkeys((*ask.notes, *about.notes))),
            candidates=about.candidates,
        )
        for person in people or [Person(name=name_of(letter, sender, shop))]
    ]


def _by_post(ask: Ask, letter: Letter, sender: Sender, people: tuple[NamedAddress, ...], shop: Shop) -> list[Request]:
    if not people:
        person = writer(letter, sender, shop)
        doubts = (*_undecided(ask), Doubtful(Doubt.NO_POSTAL_ADDRESS, "no name, street and zip code were given"))
        return [
            Request(ask.kind, person, Channel.POST, ask.level or shop.postal_level, _evidence(ask), doubts, ask.notes)
        ]
    people = _meant(ask, people, letter)
    several = len({(one.name or "").lower() for one in people}) > 1
    number = None if several else customer_number(letter.own.own)
    return [_post_request(ask, one, sender, several, shop, number) for one in people]


def _meant(ask: Ask, people: tuple[NamedAddress, ...], letter: Letter) -> tuple[NamedAddress, ...]:
    """The dead and those who moved away are named in the text; the writer's own name must not take their place."""
    if not {Note.PREVIOUS_RESIDENT, Note.DECEASED} & set(ask.notes):
        return people
    name = name_spoken_of(letter)
    return tuple(replace(one, name=name, name_from="label", doubts=()) if name else one for one in people)


def _post_request(
    ask: Ask, one: NamedAddress, sender: Sender, several: bool, shop: Shop, number: str | None = None
) -> Request:
    doubts = [*ask.doubts(), *_address_doubts(one)]
    level = ask.level or shop.postal_level
    weak_name = one.name is None or one.name_from == "display-name"
    somebody_else = Note.PREVIOUS_RESIDENT in ask.notes or Note.DECEASED in ask.notes
    if level is Level.INDIVIDUAL and (weak_name or (somebody_else and one.name_from in ("closing", "self"))):
        about = f"the name stands only in the From line: {one.name}" if one.name else "no name was given"
        doubts.append(Doubtful(Doubt.NO_NAME, about))
        level = Level.ADDRESS if one.name is None else level
    if level is not Level.INDIVIDUAL and not somebody_else and ask.level:
        doubts.append(Doubtful(Doubt.TWO_PEOPLE, f"asked for the whole {level}"))
    if ask.kind == "opt-in":
        doubts.append(_COMING_BACK)
    if several:
        doubts.append(Doubtful(Doubt.TWO_PEOPLE, "several people at several addresses"))
    person = Person(name=one.name, email=sender.email, address=one.address, customer_number=number)
    return Request(ask.kind, person, Channel.POST, level, _evidence(ask), tuple(doubts), ask.notes)


def _address_doubts(one: NamedAddress) -> list[Doubtful]:
    address = one.address
    doubts = []
    if address.kind == "foreign":
        doubts.append(Doubtful(Doubt.FOREIGN_ADDRESS, "an address outside the United States"))
    elif address_key(address) is None:
        doubts.append(Doubtful(Doubt.INCOMPLETE_ADDRESS, f"missing: {', '.join(address.missing)}"))
    about_name = one.name is None or one.name_from == "display-name"  # told as a doubt of its own
    uncertain = (*address.doubts, *(() if about_name else one.doubts))
    if uncertain:
        doubts.append(Doubtful(Doubt.DOUBTFUL_ADDRESS, "; ".join(uncertain)))
    return doubts


def _by_phone(ask: Ask, letter: Letter, sender: Sender, shop: Shop) -> Request:
    phone = phone_of(letter, shop)
    doubts = ask.doubts() if phone else (*ask.doubts(), Doubtful(Doubt.NO_PHONE, "no telephone number was given"))
    person = Person(name=name_of(letter, sender, shop), email=sender.email, phone=phone)
    return Request(ask.kind, person, Channel.PHONE, None, _evidence(ask), doubts, ask.notes)


def _right(ask: Ask, letter: Letter, sender: Sender, people: tuple[NamedAddress, ...], shop: Shop) -> Request:
    """A right, a question, or a wish to come back: about the writer, whoever else the text may name."""
    person = Person(
        name=name_of(letter, sender, shop),
        email=_childs_address(ask, letter, sender, shop) or sender.email,
        phone=None,
        address=people[0].address if people and address_key(people[0].address) else None,
    )
    doubts = [*ask.doubts(), *sender.doubts]
    if letter.has("agent"):
        doubts.append(Doubtful(Doubt.AGENT, "an agent asks for somebody"))
    if ask.kind == "child-removal":
        doubts.append(Doubtful(Doubt.CHILD, ask.found[0].hit.quote))
    if ask.kind == "opt-in":
        doubts.append(_COMING_BACK)
    return Request(ask.kind, person, ask.channel, None, _evidence(ask), tuple(doubts), (*ask.notes, *sender.notes))


def _childs_address(ask: Ask, letter: Letter, sender: Sender, shop: Shop) -> str | None:
    """A parent names the child's own address; it, not the parent's, is what must go."""
    others = others_named(letter, sender, shop) if ask.kind == "child-removal" else ()
    return others[0] if len(others) == 1 else None


def _implied(
    requests: list[Request], letter: Letter, sender: Sender, people: tuple[NamedAddress, ...], rules: Rules, shop: Shop
) -> list[Request]:
    """Whoever asks to be erased wants no marketing: the opt-outs that come with a kind (data/kinds.toml, `implies`)."""
    implying = [request for request in requests if "opt-out" in rules.kinds[request.kind].implies]
    if not implying:
        return []
    there = {request.channel for request in requests if request.kind == "opt-out"}
    source = implying[0]
    # What keeps the right waiting (a soft word, an agent) need not keep the silence waiting; only these do.
    blocking = tuple(doubt for doubt in source.doubts if doubt.doubt in _SILENCE_WAITS)
    implied = []
    if Channel.EMAIL not in there:
        implied.append(
            Request("opt-out", source.person, Channel.EMAIL, None, source.evidence, blocking, (Note.IMPLIED,))
        )
    if Channel.POST not in there:
        ask = Ask("opt-out", Channel.POST, ())
        for one in people:
            if address_key(one.address):
                request = _post_request(ask, one, sender, False, shop)
                implied.append(
                    Request(
                        "opt-out",
                        request.person,
                        Channel.POST,
                        request.level,
                        source.evidence,
                        (*blocking, *request.doubts),
                        (Note.IMPLIED,),
                    )
                )
    return implied
