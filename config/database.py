"""PostgreSQL driver settings beyond Django's; SQLite needs none of them.

PostgreSQL rejects a NUL character, while SQLite simply finds nothing that contains one. So a NUL in a text (a URL, a
cookie, a form token, a name in a vendor's answer) is sent as the Unicode replacement character, which Django also uses
for undecodable bytes. A NUL typed into a form is refused with a message before that.
"""

from typing import Any

from psycopg import adapters
from psycopg.abc import Buffer
from psycopg.types.json import Jsonb, JsonbDumper
from psycopg.types.string import StrDumperUnknown

NO_LETTER = "\N{REPLACEMENT CHARACTER}"


class WithoutNul(StrDumperUnknown):
    """Dumps a text for the server without NUL."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", NO_LETTER) if "\0" in obj else obj)


class JsonWithoutNul(JsonbDumper):
    """Dumps a value as JSON for the server without NUL, which JSON spells as an escape."""

    def dump(self, obj: Any) -> Buffer | None:
        text = super().dump(obj)
        if text is None or b"\\u0000" not in bytes(text):
            return text
        return super().dump(Jsonb(replace_nul(obj.obj), obj.dumps))


def replace_nul(value: Any) -> Any:
    """Return a text, or a JSON value with all its texts, without NUL."""
    if isinstance(value, str):
        return value.replace("\0", NO_LETTER) if "\0" in value else value
    if isinstance(value, dict):
        return {replace_nul(name): replace_nul(one) for name, one in value.items()}
    return [replace_nul(one) for one in value] if isinstance(value, list | tuple) else value


def send_no_nul() -> None:
    """Send texts without NUL on every connection of this process."""
    adapters.register_dumper(str, WithoutNul)
    adapters.register_dumper(Jsonb, JsonWithoutNul)
