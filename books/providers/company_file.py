"""What tells one company file from another, and how two of them differ, in words. Knows no vendor and no database.

Behind the same account another file may answer one day: another company, a sample, or the same one renamed. Where the
key decides what answers, that is an account, and two of them are told apart by their ids alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import scrypt

from records.json_text import Json


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """The identity of a company file. `tax_id` is a hash (`hash_tax_id`), "" where the file does not say it.

    `account` is the id of what a key leads to, "" where the company's own id says that.
    """

    name: str
    legal_name: str
    is_sample: bool
    tax_id: str = ""
    account: str = ""

    def dump(self) -> dict[str, Json]:
        """Return what is stored of it."""
        return asdict(self)


def load_company_file(stored: Mapping[str, Json]) -> CompanyFile | None:
    """Return a stored identity; None if none is stored."""
    if not stored:
        return None
    texts = [str(stored.get(name) or "") for name in ("name", "legal_name", "tax_id", "account")]
    return CompanyFile(texts[0], texts[1], bool(stored.get("is_sample")), *texts[2:])


def hash_tax_id(text: str, salt: str) -> str:
    """Return a slow hash of a tax id's digits, because there are only a billion of them; "" if it has none."""
    digits = re.sub(r"\D", "", text)
    return scrypt(digits.encode(), salt=salt.encode(), n=2**13, r=8, p=1, dklen=20).hex() if digits else ""


def list_differences(known: CompanyFile, found: CompanyFile) -> Iterator[str]:
    """Yield how the file that was found differs from the known one, one clause each.

    Case and blanks make no difference, and neither does a tax id that one of them does not say: who may see it is a
    setting of QuickBooks.
    """
    if _fold(known.name) != _fold(found.name):
        yield f"its name is {_quote(found.name)} instead of {_quote(known.name)}"
    if _fold(known.legal_name) != _fold(found.legal_name):
        yield f"its legal name is {_quote(found.legal_name)} instead of {_quote(known.legal_name)}"
    if known.is_sample != found.is_sample:
        yield "it is a sample file" if found.is_sample else "it is not a sample file"
    if known.tax_id and found.tax_id and known.tax_id != found.tax_id:
        yield "its tax number (EIN) is a different one"


def describe_differences(known: CompanyFile, found: CompanyFile) -> str:
    """Return how two files differ as one sentence; "" if they do not. An account may be renamed."""
    if known.account and found.account:
        is_same = known.account == found.account
        return "" if is_same else f"The key leads to {_name_account(found)} instead of {_name_account(known)}."
    clauses = list(list_differences(known, found))
    return f"The company file that is open there is a different one: {', '.join(clauses)}." if clauses else ""


def _name_account(one: CompanyFile) -> str:
    return f"{_quote(one.name)} ({one.account})" if one.name else one.account


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _quote(text: str) -> str:
    return f'"{text}"' if text else "empty"
