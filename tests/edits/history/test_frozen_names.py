"""The name that the history keeps of a bill without a number: its day is withheld where it is hidden."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from edits.lifecycle.transitions import show_name
from edits.models.edit import State
from overview import away
from tenants.models import PersonSettings, Tenant
from tests.bills.factories import store_bill
from tests.edits.factories import an_edit

NAME, DAY = "Quillon of 5 Aug 2026", "5 Aug 2026"


@pytest.mark.parametrize(
    ("name", "hidden", "shown"),
    [
        (NAME, ("bill_date",), "Quillon"),
        (NAME, ("due_date",), NAME),
        ("of 5 Aug 2026", ("bill_date",), "B9"),
        ("Heart of Oak 17", ("bill_date",), "Heart of Oak 17"),
        ("Elm of 5 Aug 2026 Ltd 8", ("bill_date",), "Elm of 5 Aug 2026 Ltd 8"),
    ],
)
def test_only_the_day_at_the_end_of_a_name_is_withheld(name: str, hidden: tuple[str, ...], shown: str) -> None:
    assert show_name(name, "B9", hidden) == shown


def test_no_page_and_no_mail_names_a_hidden_day(as_bob: Client, bob: User, larch: Tenant, settings: Settings) -> None:
    store_bill(larch, id="B9", refNumber=None, transactionDate="2026-08-05")
    at, bill = timezone.now() - away.GONE, {"kind": "bills", "remote_id": "B9", "record_name": NAME}
    edits = [
        an_edit(larch, bob, at, state=state, settled_at=at, **bill)
        for state in (State.CONFLICT, State.NOT_SENT, State.QUEUED, State.DRAFT)
    ]
    PersonSettings.objects.create(person=bob, mails_changes=True, mailed_until=at - away.GONE)
    settings.HAS_MAIL, settings.SITE_URL = True, "https://desk.example"
    pages = ["/inbox/", "/t/larch/", "/t/larch/edits/", "/t/larch/edits/queued/", "/t/larch/edits/records/bills/B9/"]
    pages += ["/t/larch/edits/export.csv", "/t/larch/edits/news/", f"/t/larch/edits/{edits[1].pk}/"]
    found: list[list[str]] = []
    for hidden in ([], ["bills.transaction_date"]):
        settings.HIDDEN_FIELDS = {"bookkeeper": hidden}
        PersonSettings.objects.update(mailed_at=None, mailed_until=at - away.GONE)
        mail.outbox.clear()
        away.mail_changes()
        texts = {page: b"".join(as_bob.get(page, headers={"X-Unseen": "1"})).decode() for page in pages}
        texts["mail"] = str(mail.outbox[0].body)
        found.append([page for page, text in texts.items() if NAME in text or DAY in text])
    assert found == [[page for page in [*pages, "mail"] if page != "/t/larch/edits/news/"], []]
