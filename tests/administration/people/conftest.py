"""In these tests nobody administers the whole of Ledgerdesk before a test says so, whoever does in the demo."""

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def everybody(everybody: dict[str, User]) -> dict[str, User]:
    User.objects.update(is_staff=False)
    return {person.username: person for person in User.objects.all()}
