"""A stand-in for the vendors' servers, as strict as they are, that fails on demand.

It knows nothing of the desk, and the desk reaches it over HTTP only.
"""
