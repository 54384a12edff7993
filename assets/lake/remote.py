"""A bucket of an S3-compatible store, or a folder, that holds a copy of the sealed lake.

Belongs here: addresses, and single objects put, read and listed. Does not belong here: what the
objects mean and in which order they go (push, pull).

Credentials come from the environment or the standard files of AWS and are never part of an
address. pyarrow is imported inside the functions: the command line's help does not need it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from assets.lake.atomic import CHUNK_BYTES, sha256_of_chunks
from assets.lake.errors import RemoteError
from assets.lake.faults import point

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

#: Seconds to connect and between two answers. The store's own defaults (1 and 3) are for a
#: data centre; the SDK tries three times.
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60

_LOOK = (
    "look at the address, the endpoint (AWS_ENDPOINT_URL) and the credentials in the environment, "
    "then do it again"
)
#: Older stores do not know the checksums that newer clients send along (seen: Ceph 16).
_CHECKSUMS = (
    "this store is an older one: set AWS_REQUEST_CHECKSUM_CALCULATION=when_required and "
    "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required, then do it again"
)

T = TypeVar("T")


@dataclass(frozen=True)
class Remote:
    """Where a copy of the lake is; object names are the file names below the lake's root.

    address   as given, `s3://bucket/prefix` or `file:///folder`
    files     pyarrow's file system, rooted there
    is_store  an object store: an object is seen wholly or not at all, and there are no folders
    """

    address: str
    files: FileSystem = field(repr=False, compare=False)
    is_store: bool

    def sizes(self) -> dict[str, int]:
        """Bytes of every object by name; empty if there is none."""
        from pyarrow.fs import FileSelector, FileType

        with self._told(""):
            found = self.files.get_file_info(FileSelector("", allow_not_found=True, recursive=True))
        return {info.path: info.size for info in found if info.type == FileType.File}

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, None if there is no such object."""
        try:
            return b"".join(self.chunks(name))
        except FileNotFoundError:
            return None

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of an object in order. FileNotFoundError if there is no such object."""
        with (
            self._told(name),
            self.files.open_input_stream(name, compression=None) as stream,
        ):
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk

    def sha256_of(self, name: str) -> str | None:
        """Hex sha256 of an object as it is read back, None if there is no such object."""
        try:
            return sha256_of_chunks(self.chunks(name))
        except FileNotFoundError:
            return None

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Put an object that nothing names yet. If this ends half-way, half of it may be there."""
        point("push.before_put")
        with (
            self._told(name),
            self._target(name) as target,
            self.files.open_output_stream(target, compression=None) as stream,
        ):
            for chunk in chunks:
                half = len(chunk) // 2
                stream.write(chunk[:half])
                point("push.half_put")
                stream.write(chunk[half:])
        point("push.after_put")

    def put_whole(self, name: str, data: bytes) -> None:
        """Put an object that readers follow, in one step: the old one or the new one is seen.

        An object appears when its stream is closed, also by an exception: in a thread of its
        own no Ctrl-C can come between opening and writing.
        """
        point("push.before_put")
        with self._told(name), self._target(name) as target:
            _undisturbed(lambda: self._write(target, data))
        point("push.after_put")

    def _write(self, target: str, data: bytes) -> None:
        with self.files.open_output_stream(target, compression=None) as stream:
            stream.write(data)

    @contextmanager
    def _target(self, name: str) -> Iterator[str]:
        """Where to write: a store replaces whole objects, a folder needs a temporary name."""
        if self.is_store:
            yield name
            return
        path = PurePosixPath(name)
        temporary = str(path.with_name(f".{path.name}.{os.getpid()}.tmp"))
        self.files.create_dir(str(path.parent), recursive=True)
        yield temporary
        self.files.move(temporary, name)

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            what = _CHECKSUMS if "HTTP status 411" in str(error) else _LOOK
            raise RemoteError(f"{self.address.rstrip('/')}/{name}: {error}; {what}") from error


def _undisturbed(work: Callable[[], T]) -> T:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def remote_of(address: str) -> Remote:
    """The remote at `s3://bucket/prefix` or `file:///folder`; nothing is asked of it yet.

    AWS_ENDPOINT_URL names the store if it is not AWS, AWS_REGION or AWS_DEFAULT_REGION the
    region. RemoteError for any other address, and for credentials or options inside it.
    """
    parts = urlsplit(address)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise RemoteError(
            f"an address with a user, password or options is not used: give {parts.scheme}://"
            f"bucket/prefix, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
        )
    path = unquote(parts.path).strip("/")
    if parts.scheme == "s3" and parts.netloc and ".." not in path.split("/"):
        return _in_store(address, f"{parts.netloc}/{path}".rstrip("/"))
    if parts.scheme == "file" and not parts.netloc and path:
        return _in_folder(address, f"/{path}")
    raise RemoteError(f"{address!r} is no address: give s3://bucket/prefix or file:///folder")


def _in_store(address: str, base: str) -> Remote:
    from pyarrow.fs import S3FileSystem, SubTreeFileSystem

    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    store = S3FileSystem(
        endpoint_override=endpoint.netloc or None,
        scheme=endpoint.scheme or None,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        connect_timeout=CONNECT_SECONDS,
        request_timeout=ANSWER_SECONDS,
        allow_delayed_open=True,  # a small object is one PUT, not a transfer in parts
    )
    return Remote(address, SubTreeFileSystem(base, store), is_store=True)


def _in_folder(address: str, base: str) -> Remote:
    from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

    return Remote(address, SubTreeFileSystem(base, LocalFileSystem()), is_store=False)
