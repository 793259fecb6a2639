"""A figure on a sheet of its own size, with a line that says what it is and at which cuts."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from math import ceil

from markupsafe import Markup

from api.pages.render import Page, moment
from api.pages.words import Words
from tracegraph import __version__
from viz.clip import one_line, width

MARGIN, LEAST = 24, 480  # px around the figure, and of the width within
SIZE, LINE = 11.0, 16  # px of the caption, and from line to line
MOST = 18_000  # px; a page of a PDF is 14,400 points long at most
_SIZE = re.compile(r'<svg [^>]*?width="(\d+)" height="(\d+)"')


def sheet(
    svg: str, what: str, label: str, words: Words, *, name: str, as_of: str | None, known_at: int
) -> Page:
    """The sheet of a figure, given as a file of its own; `what` it is of, `label` what it shows.

    One page as large as the figure with its caption, smaller where no page can be so large.
    """
    wide, high = _measured(svg)
    scale = min(1.0, MOST / max(wide, high))
    across = max(LEAST, ceil(wide * scale))
    lines = _caption(what, words, as_of, known_at)
    rows = sum(ceil(width(each, SIZE) * 1.1 / across) for each in lines)
    down = ceil(high * scale) + LINE * (rows + 1)
    return Page(
        "figure_sheet.html",
        words,
        {
            "name": one_line(name),
            "label": label,
            "lines": lines,
            "figure": f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}",
            "wide": ceil(wide * scale),
            "version": __version__,
            "print_style": Markup(_style(across, down)),
        },
    )


def _measured(svg: str) -> tuple[int, int]:
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("a figure says how large it is")
    return int(found[1]), int(found[2])


def _caption(what: str, words: Words, as_of: str | None, known_at: int) -> list[str]:
    printed = moment(datetime.now(UTC).isoformat())
    cut = words("sheet_cut", known_at=known_at, printed=printed, version=__version__)
    dated = [words("sheet_as_of", as_of=as_of)] if as_of else []
    return [one_line(what), "; ".join([*dated, cut])]


def _style(across: int, down: int) -> str:
    return (
        f"@page{{size:{across + 2 * MARGIN}px {down + 2 * MARGIN}px;margin:{MARGIN}px}}"
        "body,main,figure,p{margin:0}img{display:block}"
        f"figcaption{{margin-top:{LINE // 2}px;overflow-wrap:anywhere;color:#1f2933;"
        f'font:{SIZE}px/{LINE}px "DejaVu Sans","Noto Sans CJK SC",sans-serif}}'
    )
