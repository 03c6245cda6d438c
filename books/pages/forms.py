"""Query strings of the pages in `books`."""

from django import forms


class SameCompany(forms.Form):
    """The confirmation that a different company file is the same company: the mark of the file that was shown."""

    mark = forms.CharField(max_length=40)


class OptionsAsked(forms.Form):
    """The query of a picker: the typed text, the previous value of its field, and what its entries have to be below."""

    q = forms.CharField(required=False)
    was = forms.CharField(required=False, max_length=209)
    under = forms.CharField(required=False, max_length=209)


class RefreshAsked(forms.Form):
    """What the button "Refresh" of a list sends: the address to go back to, and the records on the page."""

    page = forms.CharField(required=False)
    kind = forms.CharField(required=False, max_length=40)
    ids = forms.CharField(required=False, max_length=40_000)

    def clean_ids(self) -> list[str]:
        """Return the ids; an id has no blank."""
        return [id for id in self.cleaned_data["ids"].split() if len(id) <= 64]
