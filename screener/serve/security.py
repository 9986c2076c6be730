"""Checks of every request: it must come from this machine, from a browser that has the token, and from pages of this
server."""

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screener.text import whole_number

COOKIE = "screener"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class TooLarge(Exception):
    """Raised if a request has more bytes than are accepted."""


class Guard:
    """Refuses requests for another host (DNS rebinding), from another origin, without the token, or that are too large."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: frozenset[str], most_bytes: int) -> None:
        self.app, self.token, self.hosts, self.most_bytes = app, token, hosts, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, self._limited(receive), _with_headers(watched_send))
        except TooLarge:
            if not started:
                await self._too_large()(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> Any:
        host = headers.get("host", "")
        if host not in self.hosts:
            return PlainTextResponse("This server answers requests for this machine only.\n", 421)
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return PlainTextResponse("The request comes from a page of another site.\n", 403)
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return PlainTextResponse("A request that changes something needs an Origin.\n", 403)
        length = whole_number(headers.get("content-length", "0"))
        if length is None or length > self.most_bytes:
            return self._too_large()
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        if scope["method"] == "GET" and hmac.compare_digest(
            (query.pop("token", [""])[0]).encode(), self.token.encode()
        ):
            rest = urlencode(query, doseq=True)
            path = "/" + scope["path"].lstrip("/")  # two slashes would lead to another host
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(COOKIE, self.token, httponly=True, samesite="strict", path="/")
            return answer
        if self._has_token(headers.get("cookie", "")):
            return None
        return PlainTextResponse("Open the address that `screener serve` printed: it has a token.\n", 403)

    def _has_token(self, cookie: str) -> bool:
        try:
            found = SimpleCookie(cookie).get(COOKIE)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self.token.encode())

    def _limited(self, receive: Receive) -> Receive:
        count = 0

        async def limited() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > self.most_bytes:
                raise TooLarge
            return message

        return limited

    def _too_large(self) -> PlainTextResponse:
        return PlainTextResponse(f"The request is larger than {self.most_bytes:,} bytes.\n", 413)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
