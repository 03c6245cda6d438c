"""Query strings of the pages in `books`."""

from django import forms


class OptionsAsked(forms.Form):
    """The query of a picker: the typed text, and the previous value of its field."""

    q = forms.CharField(required=False)
    was = forms.CharField(required=False, max_length=209)
