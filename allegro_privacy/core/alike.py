"""Which questions can be taken together: those of one sender, and those of one agent, whatever address it uses."""

from allegro_privacy.core.identity import is_shared_domain
from allegro_privacy.core.reading import Nature


def alike(nature: str, sender: str) -> str:
    """What the questions of one sender share; "" when the sender is unknown or several.

    An agent writes from a new address for each of its members, so its domain counts, unless half the world has
    mailboxes there."""
    address = sender.strip().casefold()
    local, _, domain = address.rpartition("@")
    if not local or "," in address:
        return ""
    return f"@{domain}" if nature == Nature.AGENT and not is_shared_domain(domain) else address
