"""A page's markup without the lines that its template is wrapped in, so that a test can name a tag or two neighbors."""

import re

TAG = re.compile(r"<[^>]+>")
BETWEEN_TAGS = re.compile(r">\s+<")


def one_line(page: str) -> str:
    tags = TAG.sub(lambda tag: " ".join(tag[0].split()).replace(" >", ">"), page)
    return BETWEEN_TAGS.sub("><", " ".join(tags.split()))
