"""Smaller answers for bad networks: the widest table is 500 kB of markup and 30 kB on the wire."""

import gzip

from flask import Response, request

SMALL = 1400  # one packet: nothing to win


def compressed(response: Response, level: int = 4) -> Response:
    """The response gzipped, if the browser takes that and it is worth it."""
    data = response.get_data()
    response.vary.add("Accept-Encoding")
    if len(data) > SMALL and request.accept_encodings["gzip"] and "Content-Encoding" not in response.headers:
        response.set_data(gzip.compress(data, level, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
