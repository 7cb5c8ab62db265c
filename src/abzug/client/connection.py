"""HTTP with what every call needs: errors as ours, patience with a broken connection."""

from __future__ import annotations

import contextlib
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from abzug.client.events import Event, parse
from abzug.errors import (
    AbzugError,
    BackendError,
    ConfigError,
    FieldError,
    InvalidRequest,
    RequestError,
)

T = TypeVar("T")
ATTEMPTS = 4
"""How often a call is tried whose connection breaks. All calls are harmless to repeat."""
PAUSE = 0.25
"""Seconds before the second attempt, at most; the bound doubles each time."""
LONGEST_PAUSE = 10.0
SILENCE = 45.0
"""Seconds without a byte after which a stream is taken for dead; the server pings every 15."""
PROBLEM = "application/problem+json"
# a slow answer is not among them: asking again would make the server slower still
_BROKEN = (httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError)
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class Connection:
    def __init__(
        self,
        base_url: str,
        owner: str | None,
        timeout: float,
        transport: httpx.BaseTransport | None,
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            msg = "the server's address must begin with http:// or https://"
            raise ConfigError(msg)
        self._http = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            transport=transport,
            mounts=dict.fromkeys(_LOOPBACK) if transport is None else None,  # not through a proxy
        )
        self._timeout = timeout
        self._owner = {} if owner is None else {"Abzug-Owner": owner}

    def call(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        body: Path | bytes | None = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        wait: float = 0.0,
    ) -> Any:
        """The JSON of the answer.

        body: bytes, or a file that is read anew at each attempt. wait: seconds that the server
        may take beyond the usual timeout.
        """

        def once() -> Any:
            opened = body.open("rb") if isinstance(body, Path) else contextlib.nullcontext(body)
            with opened as content:
                response = self._http.request(
                    method,
                    url,
                    json=json,
                    content=content,
                    params=params,
                    headers={**self._owner, **(headers or {})},
                    timeout=httpx.Timeout(self._timeout, read=self._timeout + wait),
                )
            _raise_for(response)
            return _json(response)

        return self._patiently(once)

    def put(self, url: str, body: Path | bytes, headers: dict[str, str]) -> None:
        """Send a body where a signed URL leads, which needs no owner."""

        def once() -> None:
            opened = body.open("rb") if isinstance(body, Path) else contextlib.nullcontext(body)
            with opened as content:
                _raise_for(self._http.put(url, content=content, headers=headers))

        patiently(once, url)

    def pages(self, url: str, params: dict[str, str]) -> Iterator[Any]:
        """The items of every page, each page fetched when it is needed."""
        page = self.call("GET", url, params=params)
        yield from page["items"]
        while page["next"]:
            page = self.call("GET", page["next"])
            yield from page["items"]

    def download(self, url: str, path: Path, *, size: int | None = None) -> None:
        """The file at `url` as `path`, which appears whole or not at all, or stays as it was."""
        partial = path.with_name(f".abzug-{uuid.uuid4().hex}.part")
        try:
            self._patiently(lambda: self._fetch(url, partial))
            if size is not None and partial.stat().st_size != size:
                msg = "The result came incomplete."
                raise BackendError(msg)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _fetch(self, url: str, path: Path) -> None:
        # a result's URL may be of another server, which is not told whose it is
        headers = self._owner if url.startswith("/") else {}
        with self._http.stream("GET", url, headers=headers, follow_redirects=True) as response:
            if response.is_error:
                response.read()
                _raise_for(response)
            with path.open("wb") as file:
                file.writelines(response.iter_bytes())
                file.flush()
                os.fsync(file.fileno())

    @contextlib.contextmanager
    def events(self, silence: float) -> Iterator[Iterator[Event]]:
        """One stream of events, from now on, until the server ends it or is silent so long."""
        headers = {**self._owner, "Accept": "text/event-stream"}
        timeout = httpx.Timeout(self._timeout, read=silence)
        with self._http.stream("GET", "/v1/events", headers=headers, timeout=timeout) as response:
            if response.is_error:
                response.read()
                _raise_for(response)
            yield parse(response.iter_bytes())

    def close(self) -> None:
        self._http.close()

    def _patiently(self, action: Callable[[], T]) -> T:
        return patiently(action, str(self._http.base_url))


def patiently(action: Callable[[], T], url: str) -> T:
    """`action`, again if its connection breaks. Raises BackendError when it does not help.

    url: whom it calls, for the message.
    """
    parts = urlsplit(url)
    server = f"{parts.scheme}://{parts.netloc}"
    attempt = 1
    while True:
        try:
            return action()
        except _BROKEN as error:
            if attempt == ATTEMPTS:
                msg = f"The server at {server} cannot be reached."
                raise BackendError(msg) from error
        except httpx.TimeoutException as error:
            msg = f"The server at {server} did not answer in time."
            raise BackendError(msg) from error
        except httpx.TransportError as error:
            msg = f"The server at {server} cannot be reached."
            raise BackendError(msg) from error
        pause(PAUSE * 2 ** (attempt - 1))
        attempt += 1


def pause(longest: float) -> None:
    """Full jitter: many clients that lost one server do not come back at one moment."""
    time.sleep(random.uniform(0, min(LONGEST_PAUSE, longest)))  # noqa: S311  no secret


def _kinds(kind: type[AbzugError]) -> Iterator[type[AbzugError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


# reversed: a narrower kind without a code of its own is told as its parent
_BY_CODE = {kind.code: kind for kind in reversed(list(_kinds(AbzugError)))}


def _raise_for(response: httpx.Response) -> None:
    """Raises the error that the server named, if it did."""
    if not response.is_error:
        return
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    told = _json(response) if media_type == PROBLEM else {}  # else a proxy's page
    # a code that this client does not know yet still tells whose fault it is
    other = RequestError if response.is_client_error else BackendError
    kind = _BY_CODE.get(told.get("code", ""), other)
    message = told.get("detail") or f"The server answered {response.status_code}."
    if issubclass(kind, InvalidRequest):
        fields = tuple(FieldError(f["pointer"], f["detail"]) for f in told.get("errors", ()))
        error: AbzugError = kind(message, fields)
    else:
        error = kind(message, advice=told.get("advice"))
    if request_id := told.get("request_id"):
        error.add_note(f"request {request_id}")
    raise error


def _json(response: httpx.Response) -> Any:
    if response.status_code == httpx.codes.NO_CONTENT:
        return None
    try:
        return response.json()
    except ValueError as error:
        msg = "The answer cannot be understood: is this the address of an Abzug server?"
        raise BackendError(msg) from error
