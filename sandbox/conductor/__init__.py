"""The first room: Conductor's QuickBooks Desktop API under `/v1`."""
