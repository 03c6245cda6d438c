"""Measures Ledgerdesk's performance budgets beside Django's own admin over the same rows. See `__main__`."""
