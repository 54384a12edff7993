"""The held-out farm is really served: by name, over both schemes, with its own authority."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import pytest

import tests.farm_heldout as farm

HOSTS = farm.hosts()


@pytest.fixture(scope="module")
def served() -> Iterator[farm.Served]:
    with farm.serve() as running:
        yield running


def ask(
    served: farm.Served, host: str, path: str = "/", method: str = "GET", tls: bool = False
) -> http.client.HTTPResponse:
    """One request as a browser sends it: name resolved to loopback, certificate checked."""
    port = served.https_port if tls else served.http_port
    address = served.resolver[host]
    connection = http.client.HTTPConnection(address, port, timeout=10)
    connection.connect()
    if tls:
        context = ssl.create_default_context(cafile=str(served.ca_pem))
        connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    connection.request(method, path, headers={"Host": f"{host}:{port}"})
    return connection.getresponse()


@pytest.mark.parametrize("host", HOSTS)
def test_https_is_as_the_truth_says(served: farm.Served, host: str) -> None:
    truth = farm.truth()[host]
    plain = ask(served, host)
    if truth["https"] == "yes":
        place = f"https://{host}:{served.https_port}/"
        assert (plain.status, plain.getheader("location")) == (301, place)
    else:
        assert plain.status in (200, 302)
        assert (plain.getheader("location") or "/").startswith("/")
    if truth["https"] == "no":
        with pytest.raises(ssl.SSLError):
            ask(served, host, tls=True)
    else:
        secure = ask(served, host, tls=True)
        strict = secure.getheader("strict-transport-security") is not None
        assert strict == (truth["hsts"] == "yes")


def test_every_page_of_a_site_is_served_as_it_is(served: farm.Served) -> None:
    host = next(h for h in HOSTS if farm.truth()[h]["https"] == "no")
    for path, (status, headers, body) in farm.pages(host).items():
        answer = ask(served, host, path)
        assert (answer.status, answer.read()) == (status, body)
        assert answer.getheader("content-type") == headers.get("content-type")


def test_unknown_pages_heads_and_hosts(served: farm.Served) -> None:
    host = next(h for h in HOSTS if farm.truth()[h]["https"] == "partial")
    assert ask(served, host, "/khong-co").status == 404
    head = ask(served, host, farm.pages(host)["/"][1].get("location", "/"), method="HEAD")
    assert (head.status, head.read()) == (200, b"")
    served.resolver["another.test"] = served.resolver[host]
    assert ask(served, "another.test").status == 421


def test_targets_carry_the_port(served: farm.Served) -> None:
    targets = served.targets()
    assert len({target.target_id for target in targets}) == 40
    assert {target.url for target in targets} == {f"http://{h}:{served.http_port}/" for h in HOSTS}
