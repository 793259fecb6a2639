"""The words of the pages, in every language that they speak."""

from __future__ import annotations

from viz.catalogues import catalogues
from viz.words import LANGUAGES as FIGURE_LANGUAGES

LANGUAGES = catalogues("api.pages")
TAGS = {"en": "en", "zh": "zh-Hans"}


class Words:
    """The words of one language, with the names of kinds and events that figures use.

    >>> Words("en")("answer", items=3, events=2, known_at=9)
    '3 items and 2 events, as recorded up to journal number 9'
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.tag = TAGS[self.language]
        self._pages: dict[str, str] = LANGUAGES[self.language]
        self._figures = FIGURE_LANGUAGES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """A phrase of the pages; an unknown key is a mistake in a template, so it raises."""
        text = self._pages[key]
        return text.format(**values) if values else text

    def name(self, what: str) -> str:
        """The name of a kind or of a type of event, as it stands where there is no other."""
        return self._figures.get(what, what)

    def role(self, role: str) -> str:
        """How a line of an event takes part."""
        return self.of("role", role)

    def of(self, group: str, what: str) -> str:
        """The name of one of a group, such as a state; as it stands where there is no other.

        >>> Words("en").of("state", "in transit"), Words("en").of("state", "on the moon")
        ('in transit', 'on the moon')
        """
        return self._pages.get(f"{group}_{what.replace(' ', '_')}", what)


def preferred(asked: str | None, accepted: str) -> str:
    """The language asked for by name, else the first accepted one that is spoken, else English.

    >>> preferred(None, "fr;q=0.9, zh-CN;q=0.8, en;q=0.1")
    'zh'
    >>> preferred("en", "zh")
    'en'
    """
    if asked in LANGUAGES:
        return asked
    weighed = []
    for at, part in enumerate(accepted.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), at, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for q, _, tag in sorted(weighed) if q and tag in LANGUAGES), "en")
