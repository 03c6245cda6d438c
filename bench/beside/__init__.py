"""Django's own admin over the rows of the desk: what the figures are compared with. At its defaults where it can be."""
