"""Measures Ledgerdesk with hundreds of companies and people at once, by what /proc and the vendor's own log say."""
