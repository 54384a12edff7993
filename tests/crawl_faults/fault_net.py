"""Servers on loopback that answer as told, note every connection, and traps nobody may reach.

The names of hosts are mapped here; nothing leaves the machine. Open to the guard is 127.0.0.1
only; the traps listen on the same port at 127.0.0.2 and ::1, and on a port that is not open.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import TracebackType
from typing import Any, Self

import trustme

from assets.crawl.fetch.client import Client
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.limits import Limits

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
USER_AGENT = "egov-index/0.1 (+https://egov-index.vn.test/crawl)"

#: Small sizes and gaps; times that even a busy machine keeps.
LIMITS = Limits(
    body_bytes=200_000,
    ratio_from_bytes=50_000,
    connect_seconds=5.0,
    silent_seconds=5.0,
    total_seconds=10.0,
    gap_seconds=0.05,
    attempts=1,
    backoff_seconds=0.02,
)
#: Times so short that slowness shows at once.
QUICK = replace(
    LIMITS, silent_seconds=0.4, total_seconds=1.2, grace_seconds=0.3, bytes_per_second=2_000
)


@dataclass
class Asked:
    """One request as a server saw it; times of the monotonic clock."""

    host: str
    path: str
    headers: dict[str, str]
    connection: int
    began: float
    ended: float = float("inf")


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def page(
    text: str = "<html lang=vi><body>Cổng thông tin điện tử</body></html>",
    code: int = 200,
    headers: Sequence[str] = (),
    delay: float = 0.0,
) -> Answer:
    """A plain answer."""
    body = text.encode()

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(delay)
        lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return answer


def redirect(to: str, code: int = 302, body: bytes = b"", headers: Sequence[str] = ()) -> Answer:
    """Sends its visitor elsewhere."""
    lines = [f"HTTP/1.1 {code} X", f"Location: {to}", f"Content-Length: {len(body)}", *headers]
    return raw("\r\n".join([*lines, "", ""]).encode() + body)


def raw(*parts: bytes, pause: float = 0.0) -> Answer:
    """These bytes, with a pause after each, then the end of the connection."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def paths(by_path: dict[str, Answer], other: Answer | None = None) -> Answer:
    """An answer for each path; 404 for the rest."""
    missing = other or page("không có", 404)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await by_path.get(asked.path, missing)(asked, writer)

    return answer


@cache
def authority() -> trustme.CA:
    return trustme.CA()


@cache
def server_tls(kind: str, name: str) -> ssl.SSLContext:
    """A server's side of TLS: valid, expired, future or unknown (authority), for a host name."""
    now = datetime.now(UTC)
    ca = trustme.CA() if kind == "unknown" else authority()
    dates: dict[str, Any] = {
        "expired": {"not_before": now - timedelta(days=90), "not_after": now - timedelta(days=1)},
        "future": {"not_before": now + timedelta(days=1), "not_after": now + timedelta(days=90)},
    }.get(kind, {})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name, **dates).configure_cert(context)
    return context


def trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


@dataclass
class Net:
    """Servers, names and traps of one test; stops them all at the end."""

    limits: Limits = LIMITS
    names: dict[str, list[str]] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    trapped: list[str] = field(default_factory=list)
    connections: int = 0
    ports: set[int] = field(default_factory=set)
    closed_port: int = 0
    _servers: list[asyncio.Server] = field(default_factory=list)
    _working: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        closed = await asyncio.start_server(self._spring("closed port"), HERE, 0)
        self.closed_port = closed.sockets[0].getsockname()[1]
        self._servers.append(closed)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.close()
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    def _spring(self, name: str) -> Callable[..., Awaitable[None]]:
        async def spring(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.trapped.append(name)
            writer.close()

        return spring

    async def serve(self, answer: Answer, *names: str, tls: ssl.SSLContext | None = None) -> int:
        """Start a server for some names, with its traps; returns its port."""
        port = await self.serve_bare(self._handler(answer), *names, tls=tls)
        for address in (ELSEWHERE, "::1"):
            with suppress(OSError):  # a machine without IPv6, or the port is taken there
                trap = await asyncio.start_server(self._spring(address), address, port)
                self._servers.append(trap)
        return port

    async def serve_bare(
        self, handle: Callable[..., Awaitable[None]], *names: str, tls: ssl.SSLContext | None = None
    ) -> int:
        """Start a server that handles whole connections; returns its port."""
        server = await asyncio.start_server(handle, HERE, 0, ssl=tls)
        port: int = server.sockets[0].getsockname()[1]
        self._servers.append(server)
        self.ports.add(port)
        for name in names:
            self.names.setdefault(name, [HERE])
        return port

    async def unused_port(self) -> int:
        with socket.socket() as probe:
            probe.bind((HERE, 0))
            port: int = probe.getsockname()[1]
        self.ports.add(port)
        return port

    async def resolve(self, host: str) -> Sequence[str]:
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[host]

    def guard(self) -> Guard:
        return Guard(self.resolve, networks=[f"{HERE}/32"], ports=self.ports)

    def client(self) -> Client:
        return Client(self.limits, self.guard(), USER_AGENT, trust=trust())

    def _handler(self, answer: Answer) -> Callable[..., Awaitable[None]]:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            number = self.connections
            task = asyncio.current_task()
            if task is not None:
                self._working.add(task)
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = dict(line.split(": ", 1) for line in head[1:] if line)
                headers = {name.lower(): value for name, value in headers.items()}
                host = headers["host"].partition(":")[0]
                path = head[0].split(" ")[1]
                asked = Asked(host, path, headers, number, time.monotonic())
                self.log.append(asked)
                await _until_gone(_timed(answer, asked, writer), reader)
            except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                pass
            finally:
                writer.close()

        return handle


async def _timed(answer: Answer, asked: Asked, writer: asyncio.StreamWriter) -> None:
    try:
        await answer(asked, writer)
    finally:
        asked.ended = time.monotonic()


async def _until_gone(answer: Awaitable[None], reader: asyncio.StreamReader) -> None:
    """Answer, but not to a visitor who has gone."""
    work = asyncio.ensure_future(answer)
    gone = asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (work, gone):
            task.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)
