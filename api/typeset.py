"""Sets the HTML of a report as a PDF: a program of its own, from standard input to output.

It is run beside the service, so that setting hundreds of pages neither slows an answer nor keeps
their memory, and so that the service starts where Pango is not installed. Nothing is fetched:
what a report shows is in its HTML. PDF/UA-1 (ISO 14289-1): tagged, titled, with its language.
"""

from __future__ import annotations

import os
import resource
import sys

NO_PANGO = 3  # exit code: WeasyPrint, or the library that it sets text with, is not installed
NICE = 5  # how far it steps back before those who answer
MOST_BYTES = 2 * 2**30  # of address space; the longest report takes about half


def main() -> int:
    """Read HTML, write a PDF; the exit code."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        print(error, file=sys.stderr)
        return NO_PANGO
    html = HTML(
        string=sys.stdin.buffer.read().decode(),
        url_fetcher=URLFetcher(allowed_protocols={"data"}, allow_redirects=False),
    )
    html.write_pdf(sys.stdout.buffer, pdf_variant="pdf/ua-1", pdf_tags=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
