"""Email addresses as people type them and as mail programs give them: with names, in brackets, several at once.

Knows no provider and names no field: how strict a vendor is, its own folder says.
"""

import re

from records.formatting import join_words

_QUOTES = "'‘’‚‛“”„‟«»‹›\""  # of these only ' and ’ can be inside an address
_SIGN = r"[^\s@,;:<>()\[\]\\\"‘‚‛“”„‟«»‹›]"  # the others have to be in quotes, if a program allows them at all
_LETTER = r"[^\x00-,./:-@\[-^`{-\u00bf\u2000-\u206f\u3000-\u303f\uff01-\uff5e\s]"  # a letter, a digit, - or _
# At most as long as any address can be: without an end, a text of 20,000 letters would take half a minute.
ADDRESS = re.compile(rf"(?!['’]){_SIGN}{{1,254}}@(?:{_LETTER}{{1,254}}\.)+{_LETTER}{{1,254}}")
LINK = "mailto:"  # what a browser copies of an address may begin with
NO_ADDRESS = "Not an email address. Separate several with commas."
LONGEST, MOST = 40, 3  # characters of what a reason quotes, and how many of these
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
        raise ValueError(_explain(text))
    if len(found) == 1 and ("<" in text or text.casefold().startswith(LINK)):
        raise ValueError(say_what_to_leave_out(text, found[0]))
    return ", ".join(found)


def say_what_to_leave_out(text: str, address: str) -> str:
    """Return what to leave out of `Ann <ann@x.example>`, or of an address that was copied as a link."""
    before, bracket, _ = text.partition("<")
    what = ("the name and the brackets" if before.strip() else "the brackets") if bracket else _name_rest(text)
    return f"Leave out {what or 'the rest'}: only “{address}” can be stored here."


def _explain(text: str) -> str:
    """Return why a text is no list of addresses: what is in it besides them, if there are any."""
    found, what = list(dict.fromkeys(ADDRESS.findall(text))), _name_rest(text)
    if not (found and what):
        return NO_ADDRESS
    return f"Leave out {what}: only {f'“{found[0]}”' if len(found) == 1 else 'email addresses'} can be stored here."


def _name_rest(text: str) -> str:
    """Return what a text has besides addresses: “Team:”, or the quotes; "" if that cannot be told."""
    pieces = [piece.strip(" \t\r\n,;") for piece in ADDRESS.split(text)]
    named = [LINK if piece.casefold() == LINK else piece for piece in dict.fromkeys(pieces) if piece]
    if any("@" in piece or len(piece) > LONGEST for piece in named):
        return ""
    quoted = [f"“{piece}”" for piece in named if piece.strip(_QUOTES)]
    return join_words([*quoted, *(["the quotes"] if len(quoted) < len(named) else [])][:MOST])


def find_addresses(text: str) -> list[str]:
    """Return the addresses of a list as mail programs give it; none if some of the text is neither address nor name."""
    found: list[str] = []
    name, at = "", 0
    while at < len(text):
        entry = _ENTRY.match(text, at)
        if entry is None or entry.end() == at:
            return []  # a bracket or a quote without its other one
        at, words, bracketed = entry.end(), entry[1].strip(), entry[2]
        plain = [_drop_quotes(_drop_link(word)) for word in words.split()] if bracketed is None else []
        if bracketed is not None:
            bare = _drop_link(bracketed.strip())
            if not ADDRESS.fullmatch(bare):
                return []
            before = [one for one in words.split() if ADDRESS.fullmatch(one) and one != bare]
            found += [*before, bare]
            name = ""
        elif plain and all(map(ADDRESS.fullmatch, plain)) and not name:
            found += plain
        elif "@" in words or name:
            return []
        else:
            name = words  # Lee, Ann <ann@x.example>
    return [] if name else list(dict.fromkeys(found))


def _drop_link(text: str) -> str:
    """Return the address of a link, without the subject that it may bring along."""
    return text[len(LINK) :].partition("?")[0].strip() if text.casefold().startswith(LINK) else text


def _drop_quotes(text: str) -> str:
    return text[1:-1] if len(text) > 2 and text[0] in _QUOTES and text[-1] in _QUOTES else text
