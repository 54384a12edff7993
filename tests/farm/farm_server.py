"""The farm's server: one loopback port for every host, with and without TLS, and its log.

One port speaks both http and https, told apart by the first byte, so that the https address of a
portal is its http address with another scheme, as with 80 and 443. Which certificate is shown
follows the name asked for in the TLS greeting; which site answers follows the Host header.
Belongs here: connections, certificates, the log. Does not belong here: what sites answer.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

ADDRESS = "127.0.0.1"
_IDLE_SECONDS = 20.0
_TLS_GREETING = 0x16
_MAX_POSTED = 65536


@dataclass(frozen=True)
class Request:
    """What was asked. `target` is the path with its query; header names are in lower case."""

    method: str
    scheme: str
    host: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Response:
    """An answer; or `act`, which is given the connection after the request was read and does
    with it what it likes, after which the connection is closed."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    act: Callable[[socket.socket], None] | None = None


@dataclass(frozen=True)
class LogLine:
    """One request. Times are seconds of the monotonic clock: `began` when its head was read,
    `ended` just before the last bytes of the answer were handed over, so two lines of one host
    that overlap were in flight together. An `act` ends when it begins: it may never end.
    """

    began: float
    ended: float
    connection: int
    scheme: str
    host: str
    method: str
    target: str
    status: int
    user_agent: str


Respond = Callable[[Request], Response]
#: The certificate of a host, None where it does not speak TLS.
Certificate = Callable[[str], ssl.SSLContext | None]


class FarmServer(ThreadingMixIn, TCPServer):
    """Serves until stopped; start it with `start`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, respond: Respond, certificate: Certificate) -> None:
        self.respond, self.certificate = respond, certificate
        self.log: list[LogLine] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._connections = 0
        super().__init__((ADDRESS, 0), _Handler)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.sni_callback = self._named

    @property
    def port(self) -> int:
        """The port of all hosts."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving and close every connection."""
        self.shutdown()
        self.server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def opened(self, connection: socket.socket) -> int:
        """Number of the new connection, from 1."""
        with self._lock:
            self._open.add(connection)
            self._connections += 1
            return self._connections

    def closed(self, connection: socket.socket) -> None:
        """The connection is done with."""
        with self._lock:
            self._open.discard(connection)

    def secured(self, connection: socket.socket) -> ssl.SSLSocket:
        """The connection with TLS on it; an SSLError if the greeting fails."""
        return self._context.wrap_socket(connection, server_side=True)

    def _named(self, greeting: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        context = self.certificate(name or "")
        if context is None:
            return int(ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        greeting.context = context
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left is no fault of the farm; anything else is printed as ever."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: FarmServer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def setup(self) -> None:
        self._scheme = "http"
        self.request.settimeout(self.timeout)
        first = self.request.recv(1, socket.MSG_PEEK)
        if first and first[0] == _TLS_GREETING:
            self.request = self.server.secured(self.request)
            self._scheme = "https"
        self._number = self.server.opened(self.request)
        super().setup()

    def finish(self) -> None:
        self.server.closed(self.request)
        super().finish()
        with contextlib.suppress(OSError):
            self.request.shutdown(socket.SHUT_WR)
        self.request.close()

    def _answer(self) -> None:
        began = time.monotonic()
        host = self.headers.get("Host", "").rsplit(":", 1)[0].lower()
        length = self.headers.get("Content-Length", "0")
        self.rfile.read(min(int(length), _MAX_POSTED) if length.isdigit() else 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self._scheme, host, self.path, headers)
        response = self.server.respond(request)
        if response.act is not None:
            self._log(request, 0, began, began)
            self.close_connection = True
            response.act(self.connection)
            return
        answer = _head(response, self.close_connection)
        if self.command != "HEAD":
            answer += response.body
        self._log(request, response.status, began, time.monotonic())
        self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815 - names of the standard library

    def _log(self, request: Request, status: int, began: float, ended: float) -> None:
        agent = request.headers.get("user-agent", "")
        asked = (request.scheme, request.host, request.method, request.target)
        self.server.log.append(LogLine(began, ended, self._number, *asked, status, agent))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen: the log is `FarmServer.log`."""


def _head(response: Response, closes: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.status not in (204, 304):
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'close' if closes else 'keep-alive'}")
    return "\r\n".join((*lines, "\r\n")).encode("latin-1")


def reset(connection: socket.socket) -> None:
    """Cut the connection so that the other end sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
