"""Loads templates without what no browser shows of the way they are written: pages stay small and are drawn faster.

That is indentation, comments, and the line end after a tag that stands on a line of its own and puts out nothing, or a
file, which has a line end of its own.
The form of a bill of 500 lines, compressed: 32.86 kB with those line ends, 32.74 kB without.
"""

import re

from django.template import Origin
from django.template.loaders import filesystem

ALONE = "if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock|extends|load|partialdef|endpartialdef|include"
UNSEEN = re.compile(rf"^[ \t]*(\{{% (?:{ALONE})\b[^\n%]*%\}})\n|^[ \t]*\{{#[^\n]*#\}}\n|^[ \t]+", re.MULTILINE)


class Loader(filesystem.Loader):
    """Django's own loader of the folders in `DIRS`, without what is not seen."""

    def get_contents(self, origin: Origin) -> str:
        return UNSEEN.sub(lambda found: found[1] or "", super().get_contents(origin))
