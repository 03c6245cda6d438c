"""Query strings of the pages in `books`."""

from django import forms


class OptionsAsked(forms.Form):
    """The query of a picker: the typed text, the previous value of its field, and what its entries have to be below."""

    q = forms.CharField(required=False, max_length=209)
    was = forms.CharField(required=False, max_length=209)
    under = forms.CharField(required=False, max_length=209)
