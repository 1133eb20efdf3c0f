"""The form of `record`: what was typed so far, the questions for the rest, and the entry it makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from allegro_privacy.cli import addresses, console, words
from allegro_privacy.cli.choices import one_of
from allegro_privacy.core.entered import VIAS, Entered
from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.message import Via
from allegro_privacy.core.person import Channel, Level
from allegro_privacy.core.shop import Shop
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.workflow import entering

LETTERS = {"e": Channel.EMAIL, "p": Channel.POST, "t": Channel.PHONE}
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What an entry is judged with: the kinds and the policy, who we are, and this moment."""

    house: entering.House
    shop: Shop
    now: datetime

    @property
    def today(self) -> date:
        """The day as the office counts."""
        return self.now.astimezone(ZoneInfo(self.shop.time_zone)).date()


@dataclass(slots=True)
class Form:
    """What was typed, as it was typed; "" for what was not."""

    via: Via
    name: str = ""
    email: str = ""
    phone: str = ""
    addresses: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    kind: str = ""
    level: str = ""
    received: str = ""
    postmark: str = ""
    scan: str = ""
    initials: str = ""
    language: str = ""
    note: str = ""
    customer_number: str = ""

    @property
    def lacks_something(self) -> bool:
        """Is it still open what is asked, or about whom?"""
        if self.kind in ("", "opt-out", "opt-in"):
            given = {"email": self.email, "post": self.addresses, "phone": self.phone}
            return not self.channels or not all(given.get(each, True) for each in self.channels)
        return not (self.name or self.email or self.phone or self.addresses)

    def entered(self, desk: Desk) -> Entered:
        """The entry; a UsageError names what is wrong or missing."""
        received = words.day(self.received, "--received") if self.received else desk.today
        postmark = words.day(self.postmark, "--postmark") if self.postmark else None
        entering.check_days(received, postmark, desk.today)
        if self.via is not Via.LETTER and (self.postmark or self.scan):
            raise UsageError("A postmark and a scan are for letters.", f"This is a {self.via}.", "Leave them out.")
        entered = Entered(
            via=self.via,
            received=entering.moment_of(received, desk.shop.time_zone, desk.now),
            day=received.isoformat(),
            kind=self.kind or "opt-out",
            channels=tuple(dict.fromkeys(one_of(Channel, each, "--channel") for each in self.channels)),
            level=one_of(Level, self.level, "--level") if self.level else desk.shop.postal_level,
            name=self.name.strip() or None,
            email=self.email.strip() or None,
            phone=self.phone.strip() or None,
            addresses=tuple(entering.address_of(each) for each in self.addresses if each.strip()),
            postmark=self.postmark,
            scan=self.scan,
            initials=self.initials,
            customer_number=self.customer_number.strip() or None,
            language=self.language or "en",
            note=self.note,
        )
        entering.check(entered, desk.house)
        return entered


def via_of(word: str) -> Via:
    """How a request reached us, as it is typed."""
    if word not in VIAS:
        raise UsageError(
            f"A request cannot come by {word!r}.", "It is letter, call or counter.", "allegro-privacy record letter"
        )
    return Via(word)


def ask(form: Form, desk: Desk) -> None:
    """The questions for what was not given, in the order in which people say it. Enter takes what stands in [ ]."""
    if not form.kind and not form.channels:
        _line("No more: e = e-mail, p = post, t = phone calls (or several: ep); o = something else:", _what(form))
    if form.kind and form.kind not in desk.house.kinds:
        _line(f"What do they ask ({', '.join(desk.house.kinds)}):", _kind(form, desk))
    if form.kind in desk.house.kinds and desk.house.kinds[form.kind].channels and not form.channels:
        _line("By which way: e = e-mail, p = post, t = phone calls (or several: ep):", _what(form))
    form.name = form.name or console.ask_line("Name:")
    anything = not form.channels
    if not form.email and (anything or "email" in form.channels):
        _line("E-mail address:", _set(form, "email", email_key, "That is not an e-mail address.", needed=not anything))
    if not form.addresses and (anything or "post" in form.channels):
        _line("Postal address, on one line:", _address(form, needed=not anything))
    if not form.phone and (anything or "phone" in form.channels):
        _line("Phone number:", _set(form, "phone", phone_key, "Ten digits are needed.", needed=not anything))
    _ask_rest(form, desk)


def _ask_rest(form: Form, desk: Desk) -> None:
    """When and how it came, and what else is worth keeping."""
    if not form.received:
        _line(f"Received [{desk.today}]:", _day(form, "received", desk))
    if form.via is Via.LETTER:
        if not form.postmark:
            _line("Postmark, if it can be read [none]:", _day(form, "postmark", desk))
        form.scan = form.scan or console.ask_line("File name of the scan [none]:")
    form.initials = form.initials or console.ask_line("Initials, if somebody else took it in [none]:")
    form.note = form.note or console.ask_line("Note [none]:")


def _line(question: str, take: Callable[[str], str]) -> None:
    """Ask until the answer can be used; `take` returns what is wrong with it, "" when all is well."""
    for _ in range(MOST_TRIES):
        problem = take(console.ask_line(question))
        if not problem:
            return
        console.say(f"  {problem}")
    raise UsageError("Nothing was recorded.", "The answer could not be used three times.", "Begin again.")


def _what(form: Form) -> Callable[[str], str]:
    def take(typed: str) -> str:
        letters = typed.lower().replace(" ", "").replace(",", "")
        if letters == "o" and not form.kind:
            form.kind = "?"
            return ""
        if not letters or set(letters) - set(LETTERS):
            return "Type e, p, t or several of them."
        form.channels = [LETTERS[letter].value for letter in dict.fromkeys(letters)]
        return ""

    return take


def _kind(form: Form, desk: Desk) -> Callable[[str], str]:
    def take(typed: str) -> str:
        form.kind = typed.lower()
        return "" if form.kind in desk.house.kinds else "That is none of them."

    return take


def _set(form: Form, name: str, key: Callable[[str], str], problem: str, needed: bool) -> Callable[[str], str]:
    def take(typed: str) -> str:
        setattr(form, name, typed)
        return "" if key(typed) or not (typed or needed) else problem

    return take


def _address(form: Form, needed: bool) -> Callable[[str], str]:
    def take(typed: str) -> str:
        form.addresses = [typed] if typed else []
        if not typed:
            return "It is needed." if needed else ""
        try:
            entering.address_of(typed)
        except PrivacyError as error:
            return error.what
        return ""

    return take


def _day(form: Form, name: str, desk: Desk) -> Callable[[str], str]:
    def take(typed: str) -> str:
        try:
            first = form.received or desk.today.isoformat()
            if typed and name == "received":
                entering.check_days(words.day(typed, "--received"), None, desk.today)
            elif typed:
                entering.check_days(words.day(first, "--received"), words.day(typed, "--postmark"), desk.today)
        except PrivacyError as error:
            return f"{error.what} {error.why}"
        setattr(form, name, typed)
        return ""

    return take


def show(entered: Entered, desk: Desk) -> None:
    """The entry as it will be recorded: each request in words, each address taken apart."""
    console.out(
        f"{entered.via}, received {entered.day}" + (f", postmark {entered.postmark}" if entered.postmark else "")
    )
    shown: set[str] = set()
    for request in entering.requests(entered, desk.house):
        console.paragraph(words.asked(request), "  ", hang=2, width=addresses.WIDTH)
        given = request.person.address.as_given if request.person.address else ""
        if request.is_about_post and given not in shown:
            addresses.show(request, "    ")
            shown.add(given)
            for doubt in words.address_doubts(request):
                console.paragraph(f"Look again: {doubt}", "    ", hang=2, width=addresses.WIDTH)
