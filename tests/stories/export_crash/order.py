"""What was on the disk before it was named, by the recorded order of an undisturbed run's calls (strace -y)."""

import re

CALLS = ("write", "fsync", "fdatasync", "linkat")
TRACED = ["-f", "-y", "-e", f"trace={','.join(CALLS)}"]
_ON_FILE = re.compile(r"^\d+ +(write|fsync|fdatasync)\(\d+<([^>]*)>.* = \d+", re.MULTILINE)
_LINK = re.compile(r'^\d+ +linkat\(\d+<([^>]*)>, "([^"]+)", \d+<[^>]*>, "([^"]+)".* = 0')


def not_on_the_disk(log: str) -> tuple[int, list[str]]:
    """How many files were named, and what was wrong with it: each must be synced before, and so must the database that
    tells of it; and afterwards the folder in which the name stands."""
    lines = log.splitlines()
    named, found = 0, []
    for at, line in enumerate(lines):
        link = _LINK.match(line)
        # A hidden name is the probe for whether the disk knows links at all.
        if link is None or link[3].startswith("."):
            continue
        named += 1
        folder, part, final = link.groups()
        before = [call for each in lines[:at] if (call := _ON_FILE.match(each))]
        on_it = [call[1] for call in before if call[2] == f"{folder}/{part}"]
        if not on_it or on_it[-1] == "write":
            found.append(f"{final} was named before it was synced")
        synced_at = max((at for at, call in enumerate(before) if call[2] == f"{folder}/{part}"), default=0)
        if not any(call[1] != "write" and "-wal" in call[2] for call in before[synced_at:]):
            found.append(f"{final} was named before the database was synced")
        after = (_ON_FILE.match(each) for each in lines[at:])
        if not any(call and call[1] != "write" and call[2] == folder for call in after):
            found.append(f"the folder was not synced after {final} was named")
    return named, found
