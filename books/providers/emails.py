"""Email addresses as people type them and as mail programs give them: with names, in brackets, several at once.

Knows no provider and names no field: how strict a vendor is, its own folder says.
"""

import re

_SIGN = r"[^\s@,;:<>()\[\]\\\".]"  # the others have to be in quotes, if a program allows them at all
ADDRESS = re.compile(rf"(?:{_SIGN}|\.)+@(?:{_SIGN}+\.)+{_SIGN}+")
LINK = "mailto:"  # what a browser copies of an address may begin with
NO_ADDRESS = "Not an email address. Separate several with commas."
# A name in quotes may hold every sign. The end of what is in brackets is the end of an entry too.
_ENTRY = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^",;<>])*)(?:<([^<>]*)>)?[\s,;]*')
_PLAIN = re.compile(rf"{ADDRESS.pattern}(?:\s*[,;]\s*{ADDRESS.pattern})*")


def read_several(text: str) -> str:
    """Return what is stored of a text: one address, or several with commas between them.

    Of a list from a mail program only the addresses are kept. Raises ValueError with the reason for anything else.
    """
    if _PLAIN.fullmatch(text):
        return text
    found = find_addresses(text)
    if not found:
        raise ValueError(NO_ADDRESS)
    if len(found) == 1 and ("<" in text or text.casefold().startswith(LINK)):
        raise ValueError(say_what_to_leave_out(text, found[0]))
    return ", ".join(found)


def say_what_to_leave_out(text: str, address: str) -> str:
    """Return what to leave out of `Ann <ann@x.example>`, or of an address that was copied as a link."""
    before, bracket, _ = text.partition("<")
    if bracket:
        what = "the name and the brackets" if before.strip() else "the brackets"
    else:
        what = f"“{LINK}”" if text.casefold().startswith(LINK) else "the rest"
    return f"Leave out {what}: only “{address}” can be stored here."


def find_addresses(text: str) -> list[str]:
    """Return the addresses of a list as mail programs give it; none if some of the text is neither address nor name."""
    found: list[str] = []
    name, at = "", 0
    while at < len(text):
        entry = _ENTRY.match(text, at)
        if entry is None or entry.end() == at:
            return []  # a bracket or a quote without its other one
        at, words, bracketed = entry.end(), _drop_link(entry[1].strip()), entry[2]
        plain = ADDRESS.findall(words) if bracketed is None else []
        if bracketed is not None:
            bare = _drop_link(bracketed.strip())
            if not ADDRESS.fullmatch(bare):
                return []
            before = [one for one in words.split() if ADDRESS.fullmatch(one) and one != bare]
            found += [*before, bare]
            name = ""
        elif plain and plain == words.split() and not name:
            found += plain
        elif "@" in words or name:
            return []
        else:
            name = words  # Lee, Ann <ann@x.example>
    return [] if name else list(dict.fromkeys(found))


def _drop_link(text: str) -> str:
    return text[len(LINK) :] if text.casefold().startswith(LINK) else text
