"""What Node 20 says of malformed JSON, told from where Python's parser stopped (docs/vendors/bigcapital.md, 4)."""

import re
from json import JSONDecodeError

_CONTEXT = 10  # the signs shown on each side of a wrong one, of a text that is longer than both together
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_NUMBERS = re.compile(r"NaN|-?Infinity")
_END = "Unexpected end of JSON input"


def explain(sent: str, problem: JSONDecodeError) -> str:
    """The sentence about the fault that Python's parser found."""
    return next(tell(sent, problem.pos) for start, tell in _BY_START.items() if problem.msg.startswith(start))


def explain_constant(sent: str) -> str:
    """The sentence about NaN or Infinity, which Python reads."""
    found = _NO_NUMBERS.search(_STRINGS.sub(lambda string: " " * len(string[0]), sent))
    return _tell_value(sent, found.start() if found else 0)


def explain_token(sent: str, place: int) -> str:
    """The sentence about a sign that nothing may begin with, beside which it shows what is around it."""
    start, end = max(0, place - _CONTEXT), place + _CONTEXT
    if len(sent) <= 2 * _CONTEXT:
        return f"Unexpected token '{sent[place]}', \"{sent}\" is not valid JSON"
    before, after = "..." if place >= _CONTEXT else "", "..." if end < len(sent) else ""
    return f"Unexpected token '{sent[place]}', {before}\"{sent[start:end]}\"{after} is not valid JSON"


def _tell_value(sent: str, place: int) -> str:
    if sent[place : place + 1] == "-":
        return f"No number after minus sign in JSON at position {place + 1}"
    for sign in _LITERALS.get(sent[place : place + 1], ""):
        if sent[place : place + 1] != sign:
            break
        place += 1
    return _tell_token(sent, place)


def _tell_token(sent: str, place: int) -> str:
    if place >= len(sent):
        return _END
    kind = "string" if sent[place] == '"' else "number" if sent[place] in "-0123456789" else ""
    return f"Unexpected {kind} in JSON at position {place}" if kind else explain_token(sent, place)


def _tell_name(sent: str, place: int) -> str:
    what = "double-quoted property name" if sent[:place].rstrip().endswith(",") else "property name or '}'"
    return f"Expected {what} in JSON at position {place}"


def _tell_comma(sent: str, place: int) -> str:
    sign = sent[place : place + 1]
    follows_number = sent[place - 1].isdecimal()
    if follows_number and sign == ".":
        return f"Unterminated fractional number in JSON at position {place + 1}"
    if follows_number and (exponent := re.compile("[eE][+-]?").match(sent, place)):
        return f"Exponent part is missing a number in JSON at position {exponent.end()}"
    if sign.isdecimal() and sent[place - 1] == "0":
        return f"Unexpected number in JSON at position {place}"
    what = "',' or ']' after array element" if _is_in_array(sent[:place]) else "',' or '}' after property value"
    return f"Expected {what} in JSON at position {place}"


def _is_in_array(text: str) -> bool:
    opened: list[str] = []
    for sign in re.findall(r"[\[\]{}]", _STRINGS.sub("", text)):
        if sign in "[{":
            opened.append(sign)
        else:
            opened.pop()
    return opened[-1] == "["


def _tell_string(sent: str, place: int) -> str:
    escapes = len(sent) - len(sent.rstrip("\\"))
    return _END if escapes % 2 else f"Unterminated string in JSON at position {len(sent)}"


def _tell_unicode_escape(sent: str, place: int) -> str:
    digits = re.compile("[0-9a-fA-F]*").match(sent, place + 1)
    return f"Bad Unicode escape in JSON at position {digits.end() if digits else place}"


def _tell_colon(sent: str, place: int) -> str:
    is_later = re.search(r',\s*"(?:[^"\\]|\\.)*"\s*$', sent[:place]) is not None
    return _tell_token(sent, place) if is_later else f"Expected ':' after property name in JSON at position {place}"


_BY_START = {
    "Expecting value": _tell_value,
    "Expecting property name": _tell_name,
    "Expecting ':'": _tell_colon,
    "Expecting ','": _tell_comma,
    "Extra data": lambda sent, place: f"Unexpected non-whitespace character after JSON at position {place}",
    "Unterminated string": _tell_string,
    "Invalid control": lambda sent, place: f"Bad control character in string literal in JSON at position {place}",
    "Invalid \\u": _tell_unicode_escape,
    "Invalid \\": lambda sent, place: f"Bad escaped character in JSON at position {place + 1}",
    "": _tell_value,
}
