"""Whether a text is an email address as validator.js 13 takes it, which the server's fields use with its defaults."""

import re

# Letters beyond ASCII, without those that this validator leaves out: surrogates, private use, non-characters.
_BEYOND = "\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_USER = re.compile(rf"[a-z\d!#$%&'*+\-/=?^_`{{|}}~{_BEYOND}]+", re.IGNORECASE | re.ASCII)
_QUOTED = re.compile(
    rf"(?:[\s\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x21\x23-\x5b\x5d-\x7e\u00a0{_BEYOND}]"
    rf"|\\[\x01-\x09\x0b\x0c\x0d-\x7f\u00a0{_BEYOND}])*"
)
_LAST_PART = re.compile(
    r"[a-z\u00a1-\u00a8\u00aa-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]{2,}|xn[a-z0-9-]{2,}", re.IGNORECASE | re.ASCII
)
_PART = re.compile(r"[a-z\u00a1-\uffff\U00010000-\U0010ffff0-9-]+", re.IGNORECASE | re.ASCII)
_SPACE = re.compile(r"[\s\ufeff]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_LONGEST, _LONGEST_USER, _LONGEST_PART = 254, 64, 63


def is_email(text: str) -> bool:
    """Whether the text is an address; lengths are those of JavaScript, the part before the @ is measured in bytes.

    Raises UnicodeError for one with half of a pair, which cannot be measured.
    """
    user, at, domain = text.rpartition("@")
    if _units(text) > _LONGEST or len(user.encode()) > _LONGEST_USER or len(domain.encode()) > _LONGEST or not at:
        return False
    if not _is_domain(domain):
        return False
    if user[:1] == user[-1:] == '"':  # a single one counts as both
        return _QUOTED.fullmatch(user[1:-1]) is not None
    return all(_USER.fullmatch(part) for part in user.split("."))


def _is_domain(domain: str) -> bool:
    parts = domain.split(".")
    last = _LAST_PART.fullmatch(parts[-1]) is not None and not _SPACE.search(parts[-1])
    return len(parts) > 1 and last and all(map(_is_part, parts))


def _is_part(part: str) -> bool:
    good = _units(part) <= _LONGEST_PART and _PART.fullmatch(part) is not None
    return good and not _FULL_WIDTH.search(part) and not part.startswith("-") and not part.endswith("-")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
