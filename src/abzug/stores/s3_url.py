"""Where a bucket is: `s3://BUCKET/PREFIX?region=REGION&endpoint=URL&style=path|virtual`."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from abzug.errors import ConfigError
from abzug.stores.base import is_key

FORM = "the URL of an S3 store is s3://BUCKET/PREFIX?region=…&endpoint=…&style=path|virtual"
OPTIONS = {"region", "endpoint", "style"}


@dataclass(frozen=True)
class S3Url:
    """prefix: "" or ending in "/". endpoint: without the bucket. virtual: `BUCKET.ENDPOINT`."""

    bucket: str
    prefix: str
    region: str
    endpoint: str
    virtual: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Fills in what the URL leaves open, as AWS's tools do. Raises ConfigError."""
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        prefix = unquote(parts.path).strip("/")
        style = options.get("style", "")
        wrong = not parts.netloc or (prefix and not is_key(prefix)) or parts.fragment
        if wrong or options.keys() - OPTIONS or style not in {"", "path", "virtual"}:
            raise ConfigError(FORM)
        if parts.netloc.endswith("--x-s3"):
            msg = "S3 Express buckets cannot be used: their URLs are signed in another way"
            raise ConfigError(msg)
        region = options.get("region") or _region()
        own = options.get("endpoint") or _from_environment()
        endpoint = (own or f"https://s3.{region}.amazonaws.com").rstrip("/")
        host = urlsplit(endpoint)
        if host.scheme not in {"http", "https"} or not host.netloc or host.query:
            raise ConfigError("the endpoint of an S3 store is an http or https URL")
        # others have a name for each bucket only where somebody made a wildcard entry
        virtual = style == "virtual" or (style == "" and not own)
        return cls(parts.netloc, f"{prefix}/" if prefix else "", region, endpoint, virtual)

    @property
    def url_of_bucket(self) -> str:
        if not self.virtual:
            return f"{self.endpoint}/{self.bucket}"
        scheme, _, host = self.endpoint.partition("://")
        return f"{scheme}://{self.bucket}.{host}"


def find_credentials() -> Callable[[], Any]:
    """A function that gives valid ones, renewed where they run out. Raises ConfigError."""
    from obstore.auth.boto3 import Boto3CredentialProvider

    try:
        return Boto3CredentialProvider()
    except ValueError as error:
        msg = "no AWS credentials were found, which an S3 store needs"
        raise ConfigError(msg) from error


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def _from_environment() -> str:
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
