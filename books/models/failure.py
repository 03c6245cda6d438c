"""Why something that was asked of a vendor has failed, as in `books.providers.errors`."""

from django.db import models


class Failure(models.Model):
    """The columns of a failure; all are blank where there is none."""

    error = models.CharField(max_length=40, default="")  # the name of its class
    code = models.TextField(default="")
    error_message = models.TextField(default="")
    next_step = models.TextField(default="")
    request_id = models.TextField(default="")  # the vendor's

    class Meta:
        abstract = True
