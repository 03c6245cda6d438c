"""Conductor's error responses. One exception, and one function for each kind of refusal."""

from typing import Any

MASKED = "An internal server error occurred. Please try again later or contact support."

# Codes of values that QuickBooks cannot convert (docs/vendors/conductor.md, section 7).
_UNREADABLE = {"date value": "3020", "amount": "3040", "price": "3045", "quantity": "3060"}


class Refusal(Exception):
    """An error response: HTTP status and the members of its body."""

    def __init__(
        self,
        status: int,
        kind: str,
        code: str,
        message: str,
        user_message: str = MASKED,
        integration_code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.kind, self.code, self.message = status, kind, code, message
        self.user_message, self.integration_code = user_message, integration_code
        self.headers = headers or {}

    def body(self, request_id: str) -> dict[str, Any]:
        """The body of the response."""
        error: dict[str, Any] = {
            "message": self.message,
            "userFacingMessage": self.user_message,
            "type": self.kind,
            "code": self.code,
            "httpStatusCode": self.status,
            "requestId": request_id,
        }
        if self.integration_code is not None:
            error["integrationCode"] = self.integration_code
        return {"error": error}


def invalid(message: str) -> Refusal:
    """The request itself is invalid: a bad body, query or header."""
    return Refusal(400, "INVALID_REQUEST_ERROR", "INVALID_REQUEST_ERROR", message)


def bad_key(shown: str) -> Refusal:
    """No API key, or an unknown one."""
    return Refusal(401, "AUTHENTICATION_ERROR", "API_KEY_INVALID", f"Invalid API key provided: {shown}")


def forbidden() -> Refusal:
    """The key lacks rights."""
    return Refusal(403, "PERMISSION_ERROR", "PERMISSION_DENIED", "This API key may not perform this request.")


def missing(what: str, key: str) -> Refusal:
    """A missing object of Conductor itself."""
    return Refusal(404, "INVALID_REQUEST_ERROR", "RESOURCE_MISSING", f"No such {what}: '{key}'")


def internal() -> Refusal:
    """An internal error of Conductor."""
    return Refusal(500, "INTERNAL_ERROR", "INTERNAL_ERROR", "An unexpected error occurred in Conductor.")


def rate_limited(seconds: float) -> Refusal:
    """Too many requests; `Retry-After` says how long to wait."""
    message = "Too many requests."
    retry = {"Retry-After": f"{seconds:g}"}
    return Refusal(429, "INVALID_REQUEST_ERROR", "RATE_LIMIT_EXCEEDED", message, message, headers=retry)


def quickbooks(code: str | None, text: str, message: str | None = None) -> Refusal:
    """QuickBooks received the request and refused it."""
    full = message or (f"QBD Request Error ({code}): {text}" if code else f"QBD Request Error: {text}")
    return Refusal(502, "INTEGRATION_ERROR", "QBD_REQUEST_ERROR", full, text, code)


def unreadable(word: str, value: object, place: str) -> Refusal:
    """QuickBooks cannot store a date or a number: it is too large."""
    return quickbooks(
        _UNREADABLE[word], f'There was an error when converting the {word} "{value}" in the field "{place}".'
    )


def stale(revision: str) -> Refusal:
    """The revision number sent is not the record's newest."""
    text = f'The provided revision number (edit sequence) "{revision}" is out-of-date.'
    return quickbooks("3200", text)


def not_found(key: str) -> Refusal:
    """A query names a missing object."""
    return quickbooks(
        "500",
        "The query request has not been fully completed. There was a required element "
        f'("{key}") that could not be found in QuickBooks.',
    )


def no_object(key: str) -> Refusal:
    """A change names a missing record or line."""
    return quickbooks("3120", f'Object "{key}" specified in the request cannot be found.')


def busy() -> Refusal:
    """Somebody has the record open in QuickBooks."""
    return quickbooks(
        "3175",
        "There was an error when modifying the list, because it is already in use. QuickBooks error "
        "message: The list element is in use.",
    )


def disconnected(hresult: str, text: str) -> Refusal:
    """The request reached the PC, but QuickBooks is closed, blocked or denies access."""
    full = f"QBD Connection Error ({hresult}): {text}"
    return Refusal(502, "INTEGRATION_CONNECTION_ERROR", "QBD_CONNECTION_ERROR", full, text, hresult)


def timed_out(seconds: float) -> Refusal:
    """QuickBooks did not answer in time."""
    text = f"Request timed out after {seconds:g} seconds"
    user = f"{text}. Please check that QuickBooks Desktop is open and try again."
    return Refusal(504, "INTEGRATION_CONNECTION_ERROR", "QBD_REQUEST_TIMEOUT", text, user)


def not_set_up() -> Refusal:
    """The end user never finished the connection setup."""
    text = "The QuickBooks Desktop connection has not been set up. Please finish setting up the connection."
    code = "INTEGRATION_CONNECTION_NOT_SET_UP"
    return Refusal(409, "INTEGRATION_CONNECTION_ERROR", code, text, text)


def not_active(last: str | None) -> Refusal:
    """The PC is off, or its Web Connector is not running."""
    text = (
        "The QuickBooks Desktop connection is not active. Please check that the computer is on and the "
        f"QuickBooks Web Connector is running. Last active: {last or 'never'}."
    )
    code = "INTEGRATION_CONNECTION_NOT_ACTIVE"
    return Refusal(409, "INTEGRATION_CONNECTION_ERROR", code, text, text)
