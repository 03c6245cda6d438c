"""Kinds of columns, and the order of names, for what vendors send. Knows no table."""

from decimal import Context, Decimal
from typing import Any

from django.db import models
from django.db.models.lookups import Contains
from django.utils.functional import cached_property

BELOW = "\t"  # stands for the colon of a full name where it is sorted: it comes before every letter and blank


class BlankableText(models.TextField[str, str]):
    """Text of the vendor's in a column: a blank is null in the table, so that it sorts last, and "" in Python."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{**more, "null": True, "blank": True})

    def from_db_value(self, value: str | None, *_: object) -> str:
        return value or ""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(value, connection) or None


class Amount(models.DecimalField[Any, Any]):
    """An amount in a column: one that no column of this size should hold reads as none, and spoils no page.

    Older editions of the desk stored such amounts. A database knows it as any decimal number.
    """

    @cached_property
    def context(self) -> Context:
        return Context(prec=self.max_digits, traps=[])

    def from_db_value(self, value: Decimal | None, *_: object) -> Decimal | None:
        return value if value is not None and value.is_finite() else None

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.DecimalField", args, options


@models.TextField.register_lookup
class ContainsLiteral(Contains):
    """`search__holds`: contains, taken literally. For folded texts and words, since SQLite ignores case."""

    lookup_name = "holds"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators["contains"] % rhs)


class InOrder(models.Func):
    """What names are sorted by: capitals make no difference, and a job stands right under its customer.

    Written out without parameters, as only then a database sees that an index holds just this. PostgreSQL is told to
    go by the letters' numbers, as SQLite does: its own order is that of the language that it was set up with.
    """

    template = f"LOWER(REPLACE(%(expressions)s, ':', '{BELOW}'))"
    arity = 1
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template.replace("s)s", 's)s COLLATE "C"'), **more)


def order_by_name(column: str) -> models.Func:
    return InOrder(models.F(column))
