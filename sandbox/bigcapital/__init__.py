"""Bigcapital's API under `/api`, as its server behaves rather than as it is documented."""
