"""Which server: requests per second of ordinary pages, and how long one waits while others are slow.

Slow people: 100 connections that never finish their headers, 30 that upload a byte now and then, 30 that read a
5 MB answer at walking pace. The waiting time is that of a stranger's ordinary page beside them.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from statistics import median
from typing import Any

from admin_app.gateway import Gateway

PORT = 8791
PATIENCE = 3  # seconds
PEER = "gunicorn gthread 2×8"  # what most Flask products run on
GRANIAN = ["granian", "--no-ws", "--log-level", "error", "--workers", "2", "--port", str(PORT)]
GUNICORN = ["gunicorn", "--log-level", "error", "--workers", "2", "--bind", f"127.0.0.1:{PORT}"]
SERVERS = {
    "granian, our gateway": [*GRANIAN, "--interface", "asginl"],
    "granian 2×1": [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "1"],
    "granian 2×4": [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "4"],
    "gunicorn sync 2": [*GUNICORN],
    "gunicorn gthread 2×8": [*GUNICORN, "--threads", "8"],
}


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes] | list[bytes]:
    """A stand-in for MODO: a page costs 4 ms of computing, /big streams 5 MB, a POST is read to its end."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/big":
        return (bytes(50_000) for _ in range(100))
    until = time.thread_time() + 0.004
    while time.thread_time() < until:
        pass
    return [b"x" * 20_000]


gateway = Gateway(app, threads=4)


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    """The server, from its first answer to its end."""
    target = "bench.server:gateway" if "asginl" in command else "bench.server:app"
    process = subprocess.Popen([sys.executable, "-m", *command, target], stderr=subprocess.DEVNULL)
    try:
        while ask() is None:
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def ask(timeout: float = PATIENCE) -> float | None:
    """Seconds that one page takes on a fresh connection; None if it did not come in time."""
    started = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", PORT, timeout=timeout)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    return time.perf_counter() - started


def rate(people: int = 16, seconds: float = 4) -> float:
    """Pages per second with so many people asking at once, each on one connection kept open."""
    counts: list[int] = []
    end = time.perf_counter() + seconds

    def reader() -> None:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
        count = 0
        while time.perf_counter() < end:
            connection.request("GET", "/")
            connection.getresponse().read()
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=reader) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def waiting(opening: bytes, people: int) -> str:
    """The median wait for a page while so many slow people have sent only this and then dawdle."""
    sockets = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(people)]
    for slow in sockets:
        slow.sendall(opening)
    time.sleep(0.5)
    waits = [ask() for _ in range(3)]
    for slow in sockets:
        slow.close()
    found = [wait for wait in waits if wait is not None]
    return f"{median(found) * 1000:.0f} ms" if len(found) == len(waits) else f"over {PATIENCE} s"


SLOW = (
    (b"", 0),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX-", 100),
    (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc", 30),
    (b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n", 30),
)


def main() -> None:
    """Print the table, and the throughput as a ratio to the peer's."""
    print("| server | pages/s | alone | slow headers | slow uploads | slow readers |\n|---|---|---|---|---|---|")
    rates = {}
    for name, command in SERVERS.items():
        with running(command):
            rates[name] = rate()
            waits = [waiting(opening, people) for opening, people in SLOW]
        print(f"| {name} | {rates[name]:.0f} | {' | '.join(waits)} |", flush=True)
    ours = next(iter(rates))
    print(f"\nPages per second, {ours} : {PEER} = {rates[ours] / rates[PEER]:.2f}")


if __name__ == "__main__":
    main()
