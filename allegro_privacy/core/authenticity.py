"""Did the sender's own domain vouch for this message? Only our own server's word counts (RFC 8601 §5, §7.1)."""

import re

from allegro_privacy.core.message import Message

_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")


def authentication(message: Message, authserv_ids: frozenset[str]) -> str:
    """ "pass", "fail" or "none" (unknown). Any header but the topmost Authentication-Results may be forged, and the
    topmost counts only when it names our server and stands above the first Received field that is not ours."""
    for name, value in message.headers:
        if name != "authentication-results":
            continue
        text = _COMMENT.sub(" ", value)
        server = text.partition(";")[0].split()
        if not server or server[0].lower() not in authserv_ids:
            return "none"
        return _verdict({method.lower(): result.lower() for method, result in _RESULT.findall(text)})
    return "none"


def _verdict(results: dict[str, str]) -> str:
    if "dmarc" in results and results["dmarc"] not in ("none", "bestguesspass"):
        return "pass" if results["dmarc"] == "pass" else "fail" if results["dmarc"] == "fail" else "none"
    checked = [results[method] for method in ("spf", "dkim") if method in results]
    if "pass" in checked:
        return "pass"
    return "fail" if any(result in ("fail", "softfail", "permerror") for result in checked) else "none"
