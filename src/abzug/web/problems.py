"""Errors as RFC 9457 problem+json: what happened, what to do, and an id to ask about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Self

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from abzug.edits.validation import in_our_words
from abzug.errors import MAX_FIELD_ERRORS, AbzugError, FieldError, InvalidRequest, json_pointer

LONGEST_TEXT = 300
"""Letters of a pointer or of what is told of it."""
MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    416: "range_not_satisfiable",
    421: "wrong_host",
    503: "busy",
}
"""Codes of what the HTTP layer itself refuses; the others are in errors.py."""


class FieldProblem(BaseModel):
    pointer: str
    """JSON pointer into the body; /query/NAME, /path/NAME and /header/NAME for the rest."""
    detail: str

    @classmethod
    def of(cls, error: FieldError) -> Self:
        """The names in it are the caller's, and as long as they like."""
        return cls(pointer=error.pointer[:LONGEST_TEXT], detail=error.detail[:LONGEST_TEXT])


class Problem(BaseModel):
    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    advice: str = ""
    request_id: str = ""
    errors: list[FieldProblem] = []
    more_errors: int = 0
    """Fields that are wrong besides."""


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
    fields: InvalidRequest | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        advice=advice,
        request_id=request_id,
        errors=[FieldProblem.of(error) for error in fields.errors] if fields else [],
        more_errors=fields.more_errors if fields else 0,
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
        fields=error if isinstance(error, InvalidRequest) else None,
        headers=(
            {"Retry-After": "5"} if error.status in {429, 503} and not error.permanent else None
        ),
    )


async def on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return problem(
        request_id(request),
        error.status_code,
        CODES.get(error.status_code, "bad_request"),
        error.detail,
        headers=dict(error.headers or {}) | _allow(request, error.status_code),
    )


def _allow(request: Request, status: int) -> dict[str, str]:
    """All methods of the path; Starlette names those of the first of its routes."""
    if status != HTTPStatus.METHOD_NOT_ALLOWED:
        return {}
    return {"Allow": ", ".join(sorted(request.app.state.methods_of(request.scope)))}


async def on_invalid(request: Request, error: Exception) -> Response:
    """What FastAPI found wrong with the body or a parameter."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    names = _names_of_body(request)
    told = [_field_error(one, names) for one in found[:MAX_FIELD_ERRORS]]
    refusal = InvalidRequest("The request is not right.", told, count=len(found))
    return await on_abzug_error(request, refusal)


async def on_half_a_character(request: Request, error: Exception) -> Response:
    """JSON can say half a surrogate pair; no file name, database or digest can."""
    if not isinstance(error, UnicodeEncodeError) or error.reason != "surrogates not allowed":
        raise error
    detail = "A text has half a character in it (a lone surrogate)."
    return problem(request_id(request), InvalidRequest.status, InvalidRequest.code, detail)


def _names_of_body(request: Request) -> dict[str, Any]:
    """The JSON Schema of the body that the route takes, for the names in it."""
    field = getattr(request.scope.get("route"), "body_field", None)
    return {} if field is None else TypeAdapter(field.field_info.annotation).json_schema()


def _field_error(error: dict[str, Any], names: dict[str, Any]) -> FieldError:
    if error["type"] == "json_invalid":  # its place is a count of characters, no field
        place = error["loc"][-1]
        return FieldError("", f"This is no JSON: {error['ctx']['error']} at character {place}.")
    if error["loc"] == ("body",) and isinstance(error.get("input"), bytes):
        return FieldError("", "Send JSON, with the header Content-Type: application/json.")
    path = error["loc"]
    if path and path[0] == "body":
        path = path[1:]
    return FieldError(json_pointer(path), in_our_words(error | {"loc": path}, names))


def install(web: FastAPI) -> None:
    web.add_exception_handler(AbzugError, on_abzug_error)
    web.add_exception_handler(HTTPException, on_http_error)
    web.add_exception_handler(RequestValidationError, on_invalid)
    web.add_exception_handler(UnicodeEncodeError, on_half_a_character)
