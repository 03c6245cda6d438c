"""Query strings of the pages in `books`."""

from django import forms


class SameCompany(forms.Form):
    """The confirmation that a different company file is the same company: the mark of the file that was shown."""

    mark = forms.CharField(max_length=40)


class OptionsAsked(forms.Form):
    """The query of a picker: the typed text, the previous value of its field, and what its entries have to be below."""

    q = forms.CharField(required=False, max_length=209)
    was = forms.CharField(required=False, max_length=209)
    under = forms.CharField(required=False, max_length=209)
