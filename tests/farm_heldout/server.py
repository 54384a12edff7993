"""The sites on loopback: one HTTP and one HTTPS port, virtual hosts by name.

Belongs here: sockets and certificates. Does not belong here: pages.

Sites whose truth for `https` is no have no certificate: their handshake is refused. Those with
yes answer HTTP with a redirect; those with partial answer both alike.
"""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from assets.crawl.model import Target
from tests.farm_heldout.plan import NO, YES, sites
from tests.farm_heldout.site import Reply, made

_LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 30


@dataclass(frozen=True)
class Served:
    """The farm while it is served.

    ca_pem    file with the certificate of the authority that signed all of the farm
    resolver  host -> address, for every host of the farm
    """

    http_port: int
    https_port: int
    ca_pem: Path
    resolver: dict[str, str]

    def targets(self) -> list[Target]:
        """The home page of every site, by plain HTTP."""
        return [
            Target(f"heldout-{site.code}", "portal", site.code, f"http://{host}:{self.http_port}/")
            for host, site in sites().items()
        ]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, farm: dict[str, dict[str, Reply]]) -> None:
        super().__init__((_LOOPBACK, 0), _Handler)
        self.farm = farm
        #: Port of HTTPS, on the server of HTTP: where redirects lead.
        self.secure_port = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Refused handshakes and dropped connections are part of the farm: nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        status, headers, body = self._found()
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def _found(self) -> Reply:
        host = self.headers.get("Host", "").partition(":")[0].lower()
        site = sites().get(host)
        if site is None:
            return 421, {"content-type": "text/plain"}, b"no such host"
        if self.server.secure_port and site.answers["https"] == YES:
            place = f"https://{host}:{self.server.secure_port}{self.path}"
            return 301, {"location": place}, b""
        missing = (404, {"content-type": "text/html"}, b"<h1>404 Not Found</h1>")
        return self.server.farm[host].get(self.path, missing)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: tests read answers, not a log."""


def _contexts(authority: trustme.CA) -> ssl.SSLContext:
    """The TLS context that takes the certificate of the host that the client names."""
    by_host = {}
    for host, site in sites().items():
        if site.answers["https"] != NO:
            by_host[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(by_host[host])

    def chosen(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name not in by_host:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        sock.context = by_host[name]
        return None

    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("front.test").configure_cert(front)
    front.sni_callback = chosen
    return front


@contextmanager
def serve() -> Iterator[Served]:
    """Serve all sites on loopback until the block ends; ports are free ones."""
    farm = {host: made(site) for host, site in sites().items()}
    plain, secure = _Server(farm), _Server(farm)
    authority = trustme.CA()
    secure.socket = _contexts(authority).wrap_socket(
        secure.socket, server_side=True, do_handshake_on_connect=False
    )
    plain.secure_port = secure.server_port
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        for server in (plain, secure)
    ]
    with tempfile.TemporaryDirectory() as folder:
        ca_pem = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_pem))
        for thread in threads:
            thread.start()
        try:
            resolver = dict.fromkeys(farm, _LOOPBACK)
            yield Served(plain.server_port, secure.server_port, ca_pem, resolver)
        finally:
            for server, thread in zip((plain, secure), threads, strict=True):
                server.shutdown()
                server.server_close()
                thread.join()
