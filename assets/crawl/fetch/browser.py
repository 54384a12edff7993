"""Second pass: the content of a page that its scripts write, made by a real browser.

Belongs here: opening a page already fetched, handing its requests to the polite crawler, and
taking the content its scripts made. Does not belong here: telling which pages need it.

The browser has no network of its own: every request is answered by a `fetch`, with the same guard,
turns and limits, and whatever is not asked that way finds no host. Nothing is sent: requests other
than GET, and those for what is not read (images, fonts, media), end at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from assets.crawl.fetch.limits import Limits
from assets.crawl.model import Visit

#: A polite visit of one address.
Fetch = Callable[[str], Awaitable[Visit]]

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
#: Ways out of a page that are not requests and so could not be answered for it.
_CLOSE_OTHER_WAYS = "for (const way of ['RTCPeerConnection', 'WebTransport']) delete window[way];"

_READ = {"document", "script", "stylesheet", "xhr", "fetch"}
_PASSED_ON = ("content-type", "content-security-policy", "access-control-allow-origin")
_UTF_8 = {"content-type": "text/html; charset=utf-8"}


class Browser:
    """Debian's chromium, started once for many pages: `async with Browser(limits)`.

    `executable` is found on the path if not given. If the browser cannot be started, every page is
    our-fault with the reason.
    """

    def __init__(self, limits: Limits, executable: str | None = None) -> None:
        self._limits = limits
        self._executable = executable or shutil.which("chromium")
        self._playwright: Any = None
        self._browser: Any = None
        self._why_not = ""

    async def __aenter__(self) -> Self:
        try:
            from playwright.async_api import async_playwright
        except ImportError:
            self._why_not = "playwright is not installed; install the development packages"
            return self
        if self._executable is None:
            self._why_not = "chromium is not installed; install Debian's chromium"
            return self
        self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=self._executable, args=list(_ARGUMENTS)
            )
        except Exception as error:
            self._why_not = f"chromium does not start ({_first_line(error)})"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def render(self, visit: Visit, fetch: Fetch) -> Visit:
        """The visit with the content that the page's scripts make, marked as rendered.

        `visit` is a completed one; `fetch` answers what its scripts ask for. Its address, headers
        and status stay, unless the scripts lead elsewhere; the content is UTF-8. our-fault if the
        browser fails, too-large beyond the limit.
        """
        if self._browser is None:
            return _failed(visit, self._why_not)
        try:
            url, content = await self._content(visit, fetch)
        except Exception as error:
            return _failed(visit, _first_line(error))
        body = content.encode("utf-8", errors="replace")
        made = replace(visit, final_url=url, headers={**visit.headers, **_UTF_8}, rendered=True)
        if len(body) > self._limits.body_bytes:
            detail = f"content of more than {self._limits.body_bytes} bytes once rendered"
            return replace(made, status="too-large", detail=detail, body=b"")
        return replace(made, body=body)

    async def _content(self, visit: Visit, fetch: Fetch) -> tuple[str, str]:
        from playwright.async_api import TimeoutError as TooSlowError

        context = await self._browser.new_context(service_workers="block", accept_downloads=False)
        try:
            context.set_default_timeout(self._limits.page_seconds * 1_000)
            await context.add_init_script(_CLOSE_OTHER_WAYS)
            await context.route("**/*", _Answers(visit, fetch, self._limits))
            await context.route_web_socket("**/*", lambda socket: socket.close())
            page = await context.new_page()
            with suppress(TooSlowError):  # what the scripts made by then is taken
                await page.goto(visit.final_url, wait_until="networkidle")
            return page.url, await page.content()
        finally:
            await context.close()


class _Answers:
    """Answers the requests of one page."""

    def __init__(self, visit: Visit, fetch: Fetch, limits: Limits) -> None:
        self._visit = visit
        self._fetch = fetch
        self._left = limits.page_requests
        self._is_first = True

    async def __call__(self, route: Any) -> None:
        request = route.request
        if request.method != "GET" or request.resource_type not in _READ:
            await route.abort("blockedbyclient")
            return
        if self._is_first and request.is_navigation_request():
            self._is_first = False
            await _fulfil(route, self._visit)
            return
        self._left -= 1
        found = await self._fetch(request.url) if self._left >= 0 else None
        if found is None or found.status not in ("completed", "http-error"):
            await route.abort("failed")
            return
        await _fulfil(route, found)


async def _fulfil(route: Any, visit: Visit) -> None:
    headers = {name: visit.headers[name] for name in _PASSED_ON if name in visit.headers}
    await route.fulfill(status=visit.http_status, headers=headers, body=visit.body)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _failed(visit: Visit, why: str) -> Visit:
    return replace(visit, status="our-fault", detail=f"browser: {why}", body=b"", rendered=True)
