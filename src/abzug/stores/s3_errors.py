"""What obstore raises, as errors of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from abzug.errors import ObjectNotFound, StoreError, StoreFull


@contextmanager
def store_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        # else a wrong setting would tell people that their photos are gone
        if "NoSuchBucket" in str(error):
            raise StoreError("The photo store has no such bucket.") from error
        raise ObjectNotFound("There is no such object.") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise StoreError("The photo store refused us.", advice="Check its credentials.") from error
    except (BaseError, OSError, ValueError) as error:
        if " 507 " in str(error):  # Insufficient Storage: self-hosted ones say so
            raise StoreFull("The photo store is full.") from error
        raise StoreError("The photo store did not answer.") from error
