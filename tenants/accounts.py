"""How people come to have an account: an operator adds them; nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class NobodySignsUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Close the public sign-up; `manage.py add_person` is the way in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
