"""The HTTP service: the library's answers as resources under /v1, and the pages."""
