"""The embedded photo store: a folder, one file an object.

An object is written to a temporary file and synced; only then it gets its name, and the folder
is synced before anybody is told. So what was acknowledged survives a power cut, and what was
not is whole or absent. Keys are paths as they are: 100,000 files in one folder cost no more a
file than 2,000 do on ext4, and fewer than the same fanned out over 256 folders.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import math
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self
from urllib.parse import unquote, urlsplit

from abzug.errors import ConfigError, ObjectExists, ObjectNotFound, StoreError, StoreFull
from abzug.stores import signing
from abzug.stores.base import CHUNK, ObjectInfo, check_key, check_range, is_key
from abzug.stores.folders import Folders

if TYPE_CHECKING:
    from abzug.settings import Settings

LEFTOVER_AGE = 24 * 3600.0
"""Seconds since the last write after which the writer of a temporary file is taken for dead."""

# O_NONBLOCK: what somebody put there by hand may be a pipe, and opening that would hang
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# the kernel's answers where a key leads to nothing, below a file, over a link, to a folder
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR}
_FULL = {errno.ENOSPC, errno.EDQUOT}


def connect(url: str, settings: Settings) -> FileStore:
    """The store in the folder of `file:///absolute/path`. Raises ConfigError.

    The folder is made once. When it is not there later, it is away, and a new one in its place
    would make people believe that their photos were deleted.
    """
    parts = urlsplit(url)
    root = Path(unquote(parts.path))
    local = parts.netloc in {"", "localhost"} and root.is_absolute()
    if not local or parts.query or parts.fragment:
        msg = "the URL of a file store is file:///absolute/path, percent-encoded"
        raise ConfigError(msg)
    try:
        secret = signing.load_secret(settings.home)
        known = settings.home / "stores" / hashlib.sha256(bytes(root)).hexdigest()[:16]
        if known.exists():
            store = FileStore(root, secret, make=False)
        else:
            store = FileStore(root, secret)
            known.parent.mkdir(mode=0o700, exist_ok=True)
            known.write_bytes(bytes(root) + b"\n")
        with contextlib.suppress(FileNotFoundError):  # it is away
            store.remove_leftovers()
    except OSError as error:
        msg = f"the photo store's folder cannot be used: {error.strerror}"
        raise ConfigError(msg) from error
    return store


class FileStore:
    """See stores.base.Store. Any number of processes may use one folder at once."""

    def __init__(self, root: Path, secret: bytes, *, make: bool = True) -> None:
        """make: the folder `root` is made if it is not there. `secret` signs URLs. Raises
        OSError."""
        self._folders = Folders(root, make=make)
        self._secret = secret

    def writer(
        self,
        key: str,
        *,
        media_type: str,  # noqa: ARG002  a file has none
        create_only: bool = False,
    ) -> FileWriter:
        check_key(key)
        return FileWriter(key, self._folders, create_only=create_only)

    def put(
        self, key: str, data: bytes | memoryview, *, media_type: str, create_only: bool = False
    ) -> ObjectInfo:
        with self.writer(key, media_type=media_type, create_only=create_only) as writer:
            writer.write(data)
            return writer.commit()

    def open_file(self, key: str) -> BinaryIO:
        """The object, open to read, seek and `sendfile` from. Raises ObjectNotFound."""
        check_key(key)
        *folders, name = key.split("/")
        with self._looking_up(), self._folders.opened(folders) as folder:
            fd = os.open(name, _FILE, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise _not_found()
        return os.fdopen(fd, "rb")

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        check_range(start, length)
        with self.open_file(key) as file, _store_errors():
            file.seek(start)
            return file.read(-1 if length is None else length)

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        check_range(start, length)
        pieces = self._pieces(key, start, length)
        next(pieces)  # opens the file: a missing one is an error now, not amid a response
        return pieces

    def _pieces(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        with self.open_file(key) as file, _store_errors():
            file.seek(start)
            yield b""
            left = math.inf if length is None else length
            while piece := file.read(int(min(CHUNK, left))):
                yield piece
                left -= len(piece)

    def head(self, key: str) -> ObjectInfo:
        check_key(key)
        *folders, name = key.split("/")
        with self._looking_up(), self._folders.opened(folders) as folder:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode):
            raise _not_found()
        return ObjectInfo(key, found.st_size, found.st_mtime)

    def delete(self, key: str) -> None:
        check_key(key)
        *folders, name = key.split("/")
        with (
            contextlib.suppress(ObjectNotFound),
            self._looking_up(),
            self._folders.opened(folders) as folder,
        ):
            os.unlink(name, dir_fd=folder)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        folder, slash, _ = prefix.rpartition("/")
        if slash:
            check_key(folder)
        return self._walk(folder + slash, prefix)

    def _walk(self, path: str, prefix: str) -> Iterator[ObjectInfo]:
        """The objects below the folder `path` ("" or ending in "/") that `prefix` begins."""
        for name in self._names(path):
            key = path + name
            if not key.startswith(prefix) or not is_key(key.removesuffix("/")):
                continue
            if key.endswith("/"):
                yield from self._walk(key, prefix)
            else:
                with contextlib.suppress(ObjectNotFound):  # deleted since, or a link
                    yield self.head(key)

    def _names(self, path: str) -> Sequence[str]:
        """Names in a folder, those of folders with "/", which makes their order that of keys."""
        with (
            contextlib.suppress(ObjectNotFound),
            self._looking_up(),
            self._folders.opened(path.split("/")[:-1]) as folder,
            os.scandir(folder) as entries,
        ):
            if not self._folders.are_there():  # a bare mount point is empty
                raise FileNotFoundError(errno.ENOENT, "away")
            return sorted(
                entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in entries
            )
        return ()

    def signed_url(
        self,
        key: str,
        *,
        expires_in: float,
        filename: str | None = None,
        sha256: str | None = None,
    ) -> str:
        check_key(key)
        expires = math.ceil(time.time() + expires_in)
        return signing.signed_path(self._secret, key, expires, filename, sha256)

    def verify_signature(
        self,
        key: str,
        *,
        expires: str,
        signature: str,
        filename: str | None = None,
        sha256: str | None = None,
    ) -> bool:
        """Whether this is from a `signed_url` with this very file name and digest, and has not
        expired."""
        return signing.verify_signature(
            self._secret,
            key,
            expires=expires,
            signature=signature,
            filename=filename,
            sha256=sha256,
        )

    def remove_leftovers(self) -> None:
        """Remove the temporary files of writers killed LEFTOVER_AGE ago or earlier."""
        newest = time.time() - LEFTOVER_AGE
        with os.scandir(self._folders.temporary) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # another process tidies up as well
                    if entry.stat(follow_symlinks=False).st_mtime < newest:
                        Path(entry.path).unlink()

    @contextlib.contextmanager
    def _looking_up(self) -> Iterator[None]:
        with _store_errors():
            try:
                yield
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise
                if not self._folders.are_there():
                    msg = "The photo store's folder is not there."
                    raise StoreError(msg) from error
                raise _not_found() from error

    def close(self) -> None:
        """Nothing is held open."""


class FileWriter:
    """See stores.base.Writer. After an error it is closed, so half an object never appears."""

    def __init__(self, key: str, folders: Folders, *, create_only: bool) -> None:
        self._key = key
        self._folders = folders
        self._create_only = create_only
        self._digest = hashlib.sha256()
        with _store_errors():
            self._fd, self._path = tempfile.mkstemp(dir=folders.temporary)  # mode 0600

    def write(self, data: bytes | memoryview) -> None:
        with self._closed_on_error():
            rest = memoryview(data).cast("B")
            self._digest.update(rest)
            while rest:
                rest = rest[os.write(self._fd, rest) :]

    def commit(self) -> ObjectInfo:
        *folders, name = self._key.split("/")
        with self._closed_on_error():
            _sync_data(self._fd)
            written = os.fstat(self._fd)
            with self._folders.opened(folders, make=True) as folder:
                try:
                    self._give_name(name, folder)
                finally:
                    # also where the key is taken: "it exists" must survive a power cut, too
                    os.fsync(folder)
        self._close()
        return ObjectInfo(self._key, written.st_size, written.st_mtime, self._digest.hexdigest())

    def _give_name(self, name: str, folder: int) -> None:
        if not self._create_only:
            os.replace(self._path, name, dst_dir_fd=folder)
            return
        try:
            os.link(self._path, name, dst_dir_fd=folder)  # of several at once one succeeds
        except FileExistsError as error:
            msg = "That object exists already."
            raise ObjectExists(msg) from error

    @contextlib.contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        if self._fd < 0:
            msg = "The object was not stored."
            raise StoreError(msg)
        try:
            with _store_errors():
                yield
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            Path(self._path).unlink(missing_ok=True)  # renamed, when all went well

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()


def _sync_data(fd: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)  # fsync leaves the data in the drive's cache
    else:
        os.fdatasync(fd)


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            msg = "The photo store is full."
            raise StoreFull(msg) from error
        msg = "The photo store failed."
        raise StoreError(msg) from error


def _not_found() -> ObjectNotFound:
    return ObjectNotFound("That object is not in the photo store.")
