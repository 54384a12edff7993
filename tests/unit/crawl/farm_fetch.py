"""A plain client for the farm, sharing nothing with the crawler: the standard library only."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from tests.farm import Farm


@dataclass(frozen=True)
class Got:
    url: str
    status: int
    headers: dict[str, str]
    body: bytes


class Line(http.client.HTTPConnection):
    """A connection to one host of the farm, verified against its authority if https."""

    def __init__(self, farm: Farm, scheme: str, host: str, timeout: float = 5.0) -> None:
        super().__init__(host, farm.port, timeout=timeout)
        self._farm, self._scheme = farm, scheme

    def connect(self) -> None:
        self.sock = socket.create_connection(
            (self._farm.resolver[self.host], self.port), self.timeout
        )
        if self._scheme == "https":
            context = ssl.create_default_context(cafile=str(self._farm.ca_pem))
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Got:
        self.request(method, path, headers=headers or {})
        answer = self.getresponse()
        body = answer.read()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Got(f"{self._scheme}://{self.host}{path}", answer.status, names, body)


def fetch(farm: Farm, url: str, timeout: float = 5.0, follow: bool = True) -> Got:
    """The answer at the address, after at most five redirects."""
    for _ in range(6):
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line = Line(farm, parts.scheme, parts.hostname or "", timeout)
        try:
            got = line.get(path)
        finally:
            line.close()
        if got.status not in (301, 302) or not follow:
            return got
        url = urljoin(url, got.headers["location"])
    raise AssertionError(f"{url}: more than five redirects")
