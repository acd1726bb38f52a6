"""Between the network and the WSGI application: no slow client ever holds one of its threads.

A WSGI server hands an application the request before its body has come, and waits with it until the client has taken the
answer. Here the event loop of an ASGI server (granian) does the waiting: it collects the whole request, a thread computes the
whole answer, the loop sends it. ``bench/server.py`` has the figures.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.utils import import_string

from admin_app.config import from_environment
from admin_app.lifeline import die_with_parent

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Body = SpooledTemporaryFile[bytes]
Head = tuple[int, list[tuple[bytes, bytes]]]

IN_MEMORY = 2**20  # bytes of a request or an answer before it goes to a temporary file
PIECE = 2**16
IDLE = 60  # seconds without a byte of a request before it is given up
LOCK_SECONDS = 3  # that a page waits for a row that others hold, before it says so
TOO_LARGE = 64 * 2**20  # more than any limit of the application, which answers what exceeds its own in its own words


class Gateway:
    """The ASGI face of a WSGI application."""

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, "page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: collect, compute, send."""
        if scope["type"] != "http":
            return
        with SpooledTemporaryFile(IN_MEMORY) as request, SpooledTemporaryFile(IN_MEMORY) as answer:
            if not await collect(receive, request):
                return
            environ = environ_of(scope, request)
            loop = asyncio.get_running_loop()
            status, headers = await loop.run_in_executor(self.threads, compute, self.application, environ, answer)
            await deliver(send, status, headers, answer)


async def collect(receive: Receive, request: Body) -> bool:
    """Read the whole body; False if the client left or fell silent."""
    while request.tell() < TOO_LARGE:
        try:
            message = await asyncio.wait_for(receive(), IDLE)
        except TimeoutError:
            return False
        if message["type"] == "http.disconnect":
            return False
        request.write(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return True


def environ_of(scope: Scope, request: Body) -> dict[str, Any]:
    """The request in WSGI's words."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": request,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # would pass for the header with a dash that a proxy vouches for
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    environ["CONTENT_LENGTH"] = str(request.tell())
    request.seek(0)
    return environ


def compute(application: WSGIApplication, environ: dict[str, Any], answer: Body) -> Head:
    """Run the application in this thread, its whole answer into the file; returns status and headers."""
    head: list[Head] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:  # noqa: ARG001
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        head[:] = [(int(status[:3]), encoded)]
        return answer.write

    pieces: Iterable[bytes] = application(environ, start_response)
    try:
        answer.writelines(pieces)
    finally:
        getattr(pieces, "close", lambda: None)()
    return head[0]


async def deliver(send: Send, status: int, headers: list[tuple[bytes, bytes]], answer: Body) -> None:
    """Send the answer at the client's own pace."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    answer.seek(0)
    piece = answer.read(PIECE)
    while piece:
        following = answer.read(PIECE)
        await send({"type": "http.response.body", "body": piece, "more_body": bool(following)})
        piece = following
    if answer.tell() == 0:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def web() -> Gateway:
    """MODO for an ASGI server: ``granian --interface asginl --factory admin_app.gateway:web``."""
    for number in (signal.SIGTERM, signal.SIGINT):  # granian's handlers, copied by the fork, do nothing here until its loop runs:
        signal.signal(number, signal.SIG_DFL)  # a worker that is still starting would outlive its end, and be waited for
    starter = multiprocessing.parent_process()  # granian's, which may be killed while this one is still starting
    die_with_parent(starter.pid if starter else None)
    return Gateway(application(), int(os.environ.get("MODO_THREADS", "4")))


def application() -> WSGIApplication:
    """MODO for people who wait for its answers: none of them waits long for what a background job holds."""
    made: WSGIApplication = import_string("wsgi:create_app")(replace(from_environment(), lock_seconds=LOCK_SECONDS))
    return made
