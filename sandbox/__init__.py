"""A strict imitation of the vendors' servers that fails on request.

It knows nothing of Ledgerdesk, which reaches it over HTTP only.
"""
