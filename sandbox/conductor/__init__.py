"""Conductor's QuickBooks Desktop API under `/v1`."""
