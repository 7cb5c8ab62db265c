"""Errors as RFC 9457 problem+json: what happened, what to do, and an id to ask about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from abzug.errors import AbzugError, FieldError, InvalidRequest, json_pointer

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    416: "range_not_satisfiable",
    421: "wrong_host",
}
"""Codes of what the HTTP layer itself refuses; the others are in errors.py."""


class FieldProblem(BaseModel):
    pointer: str
    """JSON pointer into the body; /query/NAME, /path/NAME and /header/NAME for the rest."""
    detail: str


class Problem(BaseModel):
    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    advice: str = ""
    request_id: str = ""
    errors: list[FieldProblem] = []


RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""For OpenAPI: any call may answer with a problem."""
SCHEMAS = models_json_schema(
    [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
)[1]["$defs"]
"""What RESPONSES refers to, for OpenAPI's components."""


def problem(
    request_id: str,
    status: int,
    code: str,
    detail: str,
    *,
    advice: str = "",
    errors: tuple[FieldError, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        advice=advice,
        request_id=request_id,
        errors=[FieldProblem(pointer=e.pointer, detail=e.detail) for e in errors],
    )
    return JSONResponse(body.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def request_id(request: Request) -> str:
    found: str = request.scope.get("state", {}).get("request_id", "")
    return found


async def on_abzug_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AbzugError):
        raise error
    return problem(
        request_id(request),
        error.status,
        error.code,
        error.message,
        advice=error.advice,
        errors=error.errors if isinstance(error, InvalidRequest) else (),
        headers={"Retry-After": "5"} if error.status == 503 and not error.permanent else None,
    )


async def on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return problem(
        request_id(request),
        error.status_code,
        CODES.get(error.status_code, "bad_request"),
        error.detail,
        headers=dict(error.headers or {}),
    )


async def on_invalid(request: Request, error: Exception) -> Response:
    """What FastAPI found wrong with the body or a parameter."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = tuple(_field_error(e) for e in error.errors())
    return problem(
        request_id(request),
        InvalidRequest.status,
        InvalidRequest.code,
        "The request is not right.",
        errors=found,
    )


async def on_half_a_character(request: Request, error: Exception) -> Response:
    """JSON can say half a surrogate pair; no file name, database or digest can."""
    if not isinstance(error, UnicodeEncodeError) or error.reason != "surrogates not allowed":
        raise error
    detail = "A text has half a character in it (a lone surrogate)."
    return problem(request_id(request), InvalidRequest.status, InvalidRequest.code, detail)


def _field_error(error: dict[str, Any]) -> FieldError:
    """pydantic's words, but where they tell nothing to whoever sent something else than JSON."""
    if error["type"] == "json_invalid":  # its place is a count of characters, no field
        place = error["loc"][-1]
        return FieldError("", f"This is no JSON: {error['ctx']['error']} at character {place}.")
    if error["loc"] == ("body",) and isinstance(error.get("input"), bytes):
        return FieldError("", "Send JSON, with the header Content-Type: application/json.")
    path = error["loc"]
    return FieldError(json_pointer(path[1:] if path and path[0] == "body" else path), error["msg"])


def install(web: FastAPI) -> None:
    web.add_exception_handler(AbzugError, on_abzug_error)
    web.add_exception_handler(HTTPException, on_http_error)
    web.add_exception_handler(RequestValidationError, on_invalid)
    web.add_exception_handler(UnicodeEncodeError, on_half_a_character)
