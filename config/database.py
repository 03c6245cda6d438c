"""What the desk needs of PostgreSQL's driver beyond Django's settings; SQLite needs none of it.

PostgreSQL takes no NUL, where SQLite just finds nothing that holds one. So wherever a text with one comes from (an
address, a cookie, a form's own token), it travels with the sign for "no letter" in its place, which Django too puts
where bytes are no text. What people type into a form is refused in words before that.
"""

from psycopg import adapters
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

NO_LETTER = "\N{REPLACEMENT CHARACTER}"


class WithoutNul(StrDumperUnknown):
    """How a text travels to the server."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", NO_LETTER) if "\0" in obj else obj)


def send_no_nul() -> None:
    """Let every connection of this process send texts so."""
    adapters.register_dumper(str, WithoutNul)
