"""What Bigcapital takes as an email address, checked before a request is spent on it.

Its server asks validator.js; the rules are those of docs/vendors/bigcapital.md, section 5.3, in the same order.
"""

import re

from books.providers.emails import find_addresses, say_what_to_leave_out

LONGEST, LONGEST_USER, LONGEST_DOMAIN, LONGEST_LABEL = 254, 64, 254, 63

_LETTERS = "\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_SPACES = "\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # as JavaScript counts them
# Compiled when an address is read: that takes 13 ms, for which the start of every process would wait.
_USER = rf"[A-Za-z0-9!#$%&'*+\-/=?^_`{{|}}~{_LETTERS}]+"
_QUOTED = (
    rf"(?:[{_SPACES}\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x21\x23-\x5b\x5d-\x7e\u00a0{_LETTERS}]"
    rf"|\\[\x01-\x09\x0b\x0c\x0d-\x7f\u00a0{_LETTERS}])*"
)
_LAST = r"(?:[A-Za-z\u00a1-\u00a8\u00aa-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]{2,}|[Xx][Nn][A-Za-z0-9-]{2,})"
_LABEL = "[A-Za-z0-9\u00a1-\uff00\uff5f-\U0010ffff-]+"


def read_one(text: str) -> str:
    """Return the address. Raises ValueError with the reason why Bigcapital would refuse it."""
    user, at, domain = text.rpartition("@")
    if not at:
        raise ValueError("Not an email address: the @ is missing.")
    why = _check_whole(text, user, domain) or _check_domain(domain) or _check_user(user)
    found = find_addresses(text)
    if not why and (not found or text in found):
        return text
    if len(found) > 1:
        raise ValueError("Only one email address can be stored here.")
    if found and found[0] != text:
        raise ValueError(say_what_to_leave_out(text, found[0]))
    raise ValueError(why)


def _check_whole(text: str, user: str, domain: str) -> str:
    if _count_units(text) > LONGEST:
        return f"An email address can have at most {LONGEST} characters."
    if len(user.encode(errors="replace")) > LONGEST_USER:
        return f"The part before the @ can have at most {LONGEST_USER} bytes."
    return f"The part after the @ can have at most {LONGEST_DOMAIN} bytes." if _is_long(domain) else ""


def _is_long(domain: str) -> bool:
    return len(domain.encode(errors="replace")) > LONGEST_DOMAIN


def _count_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_domain(domain: str) -> str:
    """Return what is wrong with the part behind the @."""
    labels = domain.split(".")
    if len(labels) < 2:
        return "The part after the @ needs a dot, as in example.com."
    if "" in labels:
        return "The part after the @ has a dot too many."
    if "_" in domain:
        return "Bigcapital does not accept an underscore (_) after the @."
    if odd := next((one for label in labels for one in label if not re.fullmatch(_LABEL, one)), ""):
        return f"The part after the @ cannot contain “{odd}”."
    if any(label[0] == "-" or label[-1] == "-" for label in labels):
        return "After the @, no part between two dots can begin or end with a hyphen."
    if any(_count_units(label) > LONGEST_LABEL for label in labels):
        return f"After the @, each part between two dots can have at most {LONGEST_LABEL} characters."
    is_word = re.fullmatch(_LAST, labels[-1]) and not re.search(f"[{_SPACES}]", labels[-1])
    return "" if is_word else "The part after the last dot must be at least two letters."


def _check_user(user: str) -> str:
    """Return what is wrong with the part before the @."""
    if not user:
        return "The part before the @ is missing."
    if user[0] == user[-1] == '"':
        return "" if re.fullmatch(_QUOTED, user[1:-1]) else "The part in quotes cannot be stored."
    parts = user.split(".")
    if "" in parts:
        return "Before the @, a dot cannot be first, last or next to another dot."
    odd = next((one for one in user if one != "." and not re.fullmatch(_USER, one)), "")
    return f"The part before the @ cannot contain “{odd}”." if odd else ""
