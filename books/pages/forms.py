"""What the pages of books take from an address."""

from django import forms


class OptionsAsked(forms.Form):
    """What has been typed into a picker, and what its field held before."""

    q = forms.CharField(required=False, max_length=209)
    was = forms.CharField(required=False, max_length=209)
