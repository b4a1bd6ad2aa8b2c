"""One question to a model behind an OpenAI-compatible address, over HTTP from the standard library.

No redirect is followed, certificates are checked, nothing outside this machine is spoken to without TLS, and an answer
is bounded in size and time. The key comes from the environment and goes into one header; it is never written down.
"""

from __future__ import annotations

import ipaddress
import json
import os
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    BaseHandler,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from vocanalytics.errors import ThemeError

if TYPE_CHECKING:
    from vocanalytics.settings.model import NamingSettings

MOST_BYTES = 256 * 1024
_PATH = "/chat/completions"
_SAID_BY_STATUS = {
    401: "the address refuses the key",
    403: "the address refuses the key",
    404: "there is no model at this address",
    429: "the address answers too many requests",
}


class ServiceError(ThemeError):
    """The address gave no usable answer; `fatal` says that the next question would fare no better."""

    fatal = True


class AnswerError(ServiceError):
    """One answer cannot be used; the next may."""

    fatal = False


class _NoRedirects(HTTPRedirectHandler):
    """An address that sends elsewhere is not asked: nobody agreed to elsewhere."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class _Hurried(HTTPConnection):
    """A connection that ends when the status and the headers are not there in time; drops are no answer."""

    sock: socket

    def getresponse(self) -> HTTPResponse:
        timer = Timer(self.timeout or 0, self.sock.shutdown, [SHUT_RDWR])
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()
        finally:
            timer.cancel()


class _HurriedOverTLS(_Hurried, HTTPSConnection):
    pass


class _Plainly(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Hurried, req)


class _OverTLS(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HurriedOverTLS, req, context=ssl.create_default_context())


def ask(settings: NamingSettings, body: Mapping[str, Any]) -> str:
    """The text of a model's answer.

    Raises
    ------
    ServiceError
        When the address cannot be reached, refuses, sends elsewhere or is too slow; a subclass, `AnswerError`, when
        only this answer is no use: too large, not JSON, or without a text.
    """
    request = Request(_endpoint(settings.url), json.dumps(body).encode(), _headers(settings))  # noqa: S310
    deadline = time.monotonic() + settings.timeout_seconds
    try:
        with _opener(request.host).open(request, timeout=settings.timeout_seconds) as response:
            content = _read(response, deadline, settings)
    except HTTPError as error:
        with error:
            _refuse(settings, error)
    except TimeoutError as error:
        raise _too_slow(settings) from error
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        # A connection that was ended because time was up breaks off in more than one way.
        if isinstance(reason, TimeoutError) or time.monotonic() >= deadline:
            raise _too_slow(settings) from error
        raise ServiceError(
            "the address cannot be reached", where=settings.url, found=_plain(reason), advice=_ADVICE
        ) from error
    return _text_of(content, settings)


_ADVICE = "Themes keep their own names; check themes.naming in pipelines/model.yml"


def _endpoint(url: str) -> str:
    """The address to post to, if it may be spoken to at all."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username or parts.password or parts.query or parts.fragment or not host:
        raise ServiceError("not a plain address", where="themes.naming.url", expected="one like https://host/v1")
    if parts.scheme != "https" and not _is_this_machine(host):
        raise ServiceError(
            "an address outside this machine is only asked over TLS", where="themes.naming.url", expected="https://"
        )
    base = url.rstrip("/")
    return base if base.endswith(_PATH) else base + _PATH


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _headers(settings: NamingSettings) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "vocanalytics"}
    key = os.environ.get(settings.key_variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ServiceError("the key holds a sign that no key has", where=settings.key_variable)
    return headers | ({"Authorization": f"Bearer {key}"} if key else {})


def _opener(host: str) -> OpenerDirector:
    handlers: list[BaseHandler] = [_NoRedirects(), _Plainly(), _OverTLS()]
    if _is_this_machine(urlsplit(f"//{host}").hostname or ""):
        handlers.append(ProxyHandler({}))  # what is on this machine is asked here
    return build_opener(*handlers)


def _read(response: HTTPResponse, deadline: float, settings: NamingSettings) -> bytes:
    content = b""
    while chunk := response.read1(16 * 1024):
        content += chunk
        if len(content) > MOST_BYTES:
            raise AnswerError("the answer is too large", where=settings.url, expected=f"at most {MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            break
    if time.monotonic() > deadline:
        raise _too_slow(settings)
    return content


def _refuse(settings: NamingSettings, error: HTTPError) -> NoReturn:
    said = _SAID_BY_STATUS.get(error.code, "the address answers with an error")
    if error.code in (301, 302, 303, 307, 308):
        said = "the address sends elsewhere, which is not followed"
    key = f"Set {settings.key_variable} to a valid key" if error.code in (401, 403) else None
    raise ServiceError(said, where=settings.url, found=f"status {error.code}", advice=key or _ADVICE) from None


def _too_slow(settings: NamingSettings) -> ServiceError:
    limit = f"{settings.timeout_seconds} seconds"
    return ServiceError(
        "the address does not answer in time", where=settings.url, expected=f"within {limit}", advice=_ADVICE
    )


def _text_of(content: bytes, settings: NamingSettings) -> str:
    try:
        answer = json.loads(content)
        text = answer["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise AnswerError(
            "the answer is not one of an OpenAI-compatible address",
            where=settings.url,
            found=_plain(content[:60].decode("utf-8", "replace")),
            expected="JSON with choices[0].message.content",
        )
    return text


def _plain(text: object) -> str:
    return ascii(" ".join(str(text).split())[:80])
