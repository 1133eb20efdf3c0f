"""What the core must know about the shop itself. Every value comes from the configuration; nothing is built in."""

from dataclasses import dataclass

from allegro_privacy.core.person import Level


@dataclass(frozen=True, slots=True)
class Shop:
    """Who we are, so that our own addresses, footers and staff are never taken for a customer's.

    addresses: our mailboxes, lower case.  domains: ours; mail from them is staff's or our own.
    unsubscribe_addresses: targets of our List-Unsubscribe mailto links (a plus-tag there is a token).
    footers: fingerprints, pieces of text that only our own mailings carry.
    authserv_ids: the authserv-id of our own mail server (RFC 8601); results of any other are not believed.
    reply_from: the address of ours that replies come from.
    no_email, no_post: the phrases that our policy promises to honour in a subject line.
    """

    name: str
    legal_name: str
    addresses: frozenset[str]
    domains: frozenset[str]
    staff: frozenset[str]
    seeds: frozenset[str]
    unsubscribe_addresses: frozenset[str]
    postal: tuple[str, ...]
    phones: tuple[str, ...]
    footers: tuple[str, ...]
    authserv_ids: frozenset[str]
    no_email: tuple[str, ...]
    no_post: tuple[str, ...]
    policy_version: str
    time_zone: str
    postal_level: Level = Level.INDIVIDUAL
    reply_from: str = ""

    def is_own(self, email: str) -> bool:
        """Is this address one of ours (a mailbox, a member of staff, anything at our domains)?"""
        email = email.lower()
        return email in self.addresses or email in self.staff or email.rpartition("@")[2] in self.domains

    def is_written_to(self, email: str) -> bool:
        """Is mail to this address meant for us? Also when it went to one of our mailboxes' names at another domain, an
        old one that forwards, say."""
        local = email.lower().partition("@")[0]
        return self.is_own(email) or any(local == address.partition("@")[0] for address in self.addresses)
