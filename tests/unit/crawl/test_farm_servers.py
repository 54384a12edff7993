"""The farm's servers: real connections, certificates, redirects, faults, rounds and the log."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import ssl
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from farm_fetch import Line, fetch

from tests.farm import Farm
from tests.farm.farm_words import without_marks


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(seed=1) as opened:
        yield opened


@pytest.fixture
def changing() -> Iterator[Farm]:
    with Farm(seed=1) as opened:
        yield opened


def special(farm: Farm, kind: str) -> str:
    return next(target.url for target in farm.special_targets() if target.target_id == kind)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def test_every_portal_answers_in_its_encoding(farm: Farm) -> None:
    targets = farm.targets()
    assert len(targets) == 90
    assert {target.kind for target in targets} == {"portal"}
    assert {host_of(target.url) for target in targets} == set(farm.truth())
    for target in targets:
        plan = farm.plans()[host_of(target.url)]
        got = fetch(farm, target.url)
        assert got.status == 200
        assert host_of(got.url) == plan.canonical
        text = got.body.decode(plan.form.encoding.codec)
        name = re.search("<title>(.*?)</title>", text)
        assert name is not None
        body = plan.body.names.body
        if plan.form.encoding.codec != "ascii":
            shown = unicodedata.normalize("NFC", name[1])
            assert (without_marks(body) if plan.form.marks == "without" else body) in shown
        declared = got.headers["content-type"].partition("charset=")[2]
        assert declared == plan.form.encoding.header


def test_https_and_hsts_are_as_answered(farm: Farm) -> None:
    for host, answers in farm.truth().items():
        secure = got = None
        try:
            got = fetch(farm, f"https://{host}:{farm.port}/")
            secure = got.status == 200
        except ssl.SSLError:
            secure = False
        led = False
        try:
            led = fetch(farm, f"http://{host}:{farm.port}/").url.startswith("https")
        except ConnectionError:
            assert farm.plans()[host].form.scheme == "https_only"
        assert answers["https"] == ("yes" if secure and led else "partial" if secure else "no")
        sent = got.headers.get("strict-transport-security", "max-age=0") if got else "max-age=0"
        assert answers["hsts"] == ("no" if sent == "max-age=0" else "yes"), host


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("tls_expired", "expired"),
        ("tls_wrong_host", "mismatch"),
        ("tls_unknown_issuer", "unable to get local issuer"),
    ],
)
def test_bad_certificates_fail_for_their_own_reason(farm: Farm, kind: str, word: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=word):
        fetch(farm, special(farm, kind))


def test_the_log_tells_connections_and_order(farm: Farm) -> None:
    host = "laocai.gov.vn.test"
    plan = farm.plans()[host]
    before = len(farm.log)
    scheme = plan.link_scheme
    line = Line(farm, scheme, plan.canonical)
    first = line.get("/", {"User-Agent": "thu-nghiem"})
    again = line.get("/", {"If-None-Match": first.headers["etag"]})
    head = line.get("/khong-co", method="HEAD")
    line.close()
    other = fetch(farm, f"{scheme}://{plan.canonical}:{farm.port}/robots.txt")
    assert (first.status, again.status, head.status) == (200, 304, 404)
    assert again.body == head.body == b""
    one, two, three, four = farm.log[before:]
    assert one.connection == two.connection == three.connection != four.connection
    assert [entry.status for entry in (one, two, three, four)] == [200, 304, 404, other.status]
    assert one.began <= one.ended <= two.began <= two.ended <= three.began <= four.began
    assert (one.host, one.target, one.method) == (plan.canonical, "/", "GET")
    assert one.user_agent == "thu-nghiem"
    assert three.method == "HEAD"


def test_hosts_the_farm_does_not_have(farm: Farm) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", farm.port, timeout=5)
    connection.request("GET", "/", headers={"Host": "la.gov.vn.test"})
    assert connection.getresponse().status == 421
    connection.close()
    assert host_of(special(farm, "no_dns")) not in farm.resolver
    assert set(farm.resolver.values()) == {"127.0.0.1"}


def test_services_are_up_and_down_as_answered_in_each_round(changing: Farm) -> None:
    targets = changing.service_targets()
    assert len({target.service_code for target in targets}) == len(targets) >= 300
    assert {target.declared_level for target in targets} == {"3", "4"}
    seen = []
    for _ in range(2):
        truth = changing.service_truth()
        seen.append(truth)
        for target in targets[::5]:
            got = fetch(changing, target.url)
            works = got.status == 200 and b"<form" in got.body
            assert truth[target.target_id] == ("up" if works else "down"), target
            pays = any(word in got.body.decode() for word in ("Thanh toán", "Nộp phí"))
            assert pays == (works and target.declared_level == "4")
        changing.next_round()
    changed = [code for code in seen[0] if seen[0][code] != seen[1][code]]
    assert len(changed) >= 10
    assert list(seen[0].values()).count("down") >= 50


def test_the_service_portal_a_portal_links_to_answers(farm: Farm) -> None:
    found = 0
    for site in farm.sites:
        if site.plan.answers["service_link"] != "yes":
            continue
        prefix = site.plan.desk if site.plan.desk.startswith("/") else "/"
        got = fetch(farm, site.desk_origin + prefix)
        assert got.status == 200
        assert got.body.count(b"/nop-ho-so") == 4
        found += 1
    assert found == 52


def test_traps_do_what_they_are_named_for(farm: Farm) -> None:
    soft = fetch(farm, special(farm, "soft_404") + "khong-co-that")
    assert (soft.status, "Không tìm thấy" in soft.body.decode()) == (200, True)
    wall = fetch(farm, special(farm, "login_wall") + "van-ban")
    assert wall.url.endswith("/dang-nhap")
    assert b'type="password"' in wall.body
    url, months = special(farm, "calendar"), set()
    for _ in range(30):
        months.add(url)
        link = re.search(r'href="(.*?)">Tháng sau', fetch(farm, url).body.decode())
        assert link is not None
        url = special(farm, "calendar").rstrip("/") + link[1]
    assert len(months) == 30
    challenge = fetch(farm, special(farm, "challenge"))
    assert (challenge.status, b"captcha" in challenge.body) == (403, True)


def test_a_scripted_page_is_empty_until_its_script_ran(farm: Farm) -> None:
    text = fetch(farm, special(farm, "scripted")).body.decode()
    assert "<a " not in text
    script = re.search(r'decodeURIComponent\((".*?")\)', text)
    assert script is not None
    written = unquote(json.loads(script[1]))
    assert written.count("<a ") > 5


def test_portals_change_between_rounds(changing: Farm) -> None:
    first = changing.special_truth()
    design = [fetch(changing, special(changing, "redesigned")).body]
    moving = special(changing, "moving")
    assert host_of(fetch(changing, moving).url) == host_of(moving)
    assert changing.next_round() == 2
    second = changing.special_truth()
    design.append(fetch(changing, special(changing, "redesigned")).body)
    assert design[0] != design[1]
    same = host_of(special(changing, "redesigned"))
    assert first[same] == second[same]
    fading = host_of(special(changing, "decaying"))
    lost = [check for check in first[fading] if first[fading][check] != second[fading][check]]
    assert len(lost) == 3
    assert {second[fading][check] for check in lost} == {"partial"}
    assert host_of(fetch(changing, moving).url) == host_of(special(changing, "moved_to"))


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", ConnectionResetError),
        ("closed", http.client.RemoteDisconnected),
        ("silent", TimeoutError),
        ("drip_headers", TimeoutError),
        ("cut_body", http.client.IncompleteRead),
        ("not_http", http.client.BadStatusLine),
        ("bad_chunks", (ValueError, http.client.IncompleteRead)),
        ("redirect_loop", AssertionError),
        ("redirect_chain", AssertionError),
    ],
)
def test_broken_hosts_break_as_named(
    farm: Farm, kind: str, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    with pytest.raises(error):
        read_slowly(farm, special(farm, kind), 0.4)


def read_slowly(farm: Farm, url: str, seconds: float) -> None:
    """Fetch with a limit on the whole, which a client of the standard library lacks."""
    if "nhogiotdau" not in url:
        fetch(farm, url, timeout=seconds)
        return
    connection = socket.create_connection(("127.0.0.1", farm.port), seconds)
    connection.sendall(f"GET / HTTP/1.1\r\nHost: {host_of(url)}\r\n\r\n".encode())
    heads = [connection.recv(99) for _ in range(4)]
    connection.close()
    assert b"\r\n\r\n" not in b"".join(heads)
    raise TimeoutError


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_hosts_of_one_status(farm: Farm, status: int) -> None:
    got = fetch(farm, special(farm, f"status_{status}"))
    assert got.status == status
    assert ("retry-after" in got.headers) == (status in (429, 503))


def test_bombs_are_small_on_the_wire_and_large_beyond(farm: Farm) -> None:
    got = fetch(farm, special(farm, "gzip_bomb"))
    assert len(got.body) < 100_000
    assert len(gzip.decompress(got.body)) == 64 * 1024 * 1024
    assert len(fetch(farm, special(farm, "too_large")).body) > 10 * 1024 * 1024
    heads = fetch(farm, special(farm, "header_too_large")).headers
    assert sum(map(len, heads.values())) > 128 * 1024
    broken = fetch(farm, special(farm, "gzip_broken"))
    with pytest.raises(EOFError):
        gzip.decompress(broken.body)


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        ("robots_all", 200, b"Disallow: /\n"),
        ("robots_500", 500, b"500"),
        ("robots_404", 404, b"404"),
        ("robots_html", 200, b"<h1>"),
        ("robots_delay", 200, b"Crawl-delay: 1"),
    ],
)
def test_robots_files(farm: Farm, kind: str, status: int, word: bytes) -> None:
    url = special(farm, kind)
    rules = fetch(farm, url + "robots.txt")
    assert rules.status == status
    assert word in rules.body
    assert fetch(farm, url).status == 200


def test_redirects_that_must_not_be_followed(farm: Farm) -> None:
    private = fetch(farm, special(farm, "redirect_private"), follow=False)
    assert private.headers["location"].startswith("http://169.254.")
    file = fetch(farm, special(farm, "redirect_file"), follow=False)
    assert file.headers["location"].startswith("file:")


def test_a_closed_farm_serves_no_more() -> None:
    with Farm(seed=3) as opened:
        port, pem = opened.port, opened.ca_pem
        line = Line(opened, "http", host_of(special(opened, "soft_404")))
        assert line.get("/").status == 200
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        line.get("/")
    line.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
    assert not pem.exists()
