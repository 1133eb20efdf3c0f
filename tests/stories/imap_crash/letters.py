"""What lies in the mailboxes of the sweep."""

from office import message

MESSAGES = 12
_SUBJECTS = ("NO E-MAIL", "Delete my data", "an order", "NO SNAIL MAIL", "NO E-MAIL")


def letters(first: int = 0, count: int = MESSAGES) -> list[bytes]:
    """Messages to be accepted, asked about and ignored; the last is the first once more, byte by byte."""
    raws = []
    for number in range(first, first + count - 1):
        subject = _SUBJECTS[number % len(_SUBJECTS)]
        body = "Please delete everything that you have about me." if "Delete" in subject else ""
        raws.append(message(subject, body, f"N <n{number}@example.com>", f"<{number}@example.com>"))
    return [*raws, raws[0]]
