"""PostgreSQL driver settings beyond Django's; SQLite needs none of them.

PostgreSQL rejects a NUL character, while SQLite simply finds nothing that contains one. So a NUL in a text (a URL, a
cookie, a form token) is sent as the Unicode replacement character, which Django also uses for undecodable bytes. A NUL
typed into a form is refused with a message before that.
"""

from psycopg import adapters
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

NO_LETTER = "\N{REPLACEMENT CHARACTER}"


class WithoutNul(StrDumperUnknown):
    """Dumps a text for the server without NUL."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", NO_LETTER) if "\0" in obj else obj)


def send_no_nul() -> None:
    """Send texts without NUL on every connection of this process."""
    adapters.register_dumper(str, WithoutNul)
