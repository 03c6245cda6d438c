"""What the desk promises in figures, measured beside Django's own admin over the same rows. See `__main__`."""
