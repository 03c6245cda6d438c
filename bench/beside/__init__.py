"""Django's own admin over the same rows, for comparison. At its defaults wherever possible."""
