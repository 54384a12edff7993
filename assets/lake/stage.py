"""The staging area of one (unit, key): where a version is written before it is promoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.lake import parquet
from assets.lake.atomic import write_durable
from assets.lake.errors import StageError
from assets.lake.faults import point
from assets.lake.journal import Because
from assets.lake.locks import Fence, held, raise_fence
from assets.lake.manifest import Pointer, checked_file_name
from assets.lake.paths import Lake, checked_name
from assets.lake.promote import Promotion, adopt, publish
from assets.lake.read import Version
from assets.lake.sweep import owned_folder

if TYPE_CHECKING:
    import pyarrow as pa

TIMEOUT_SECONDS = 600.0


@dataclass
class Stage:
    """A version being written, to be promoted at most once.

    `path` is its folder: other writers may put plain files there.
    """

    path: Path
    fence: Fence
    _closed: bool = field(default=False, init=False)

    def write_table(self, name: str, table: pa.Table) -> Path:
        """Write `<name>.parquet`; the same table gives the same bytes. Sort it first."""
        return self.write_bytes(f"{name}.parquet", parquet.encode(table))

    def write_bytes(self, name: str, data: bytes) -> Path:
        """Write any file under a relative name with `/`. StageError for a name not usable."""
        path = self.path / checked_file_name(name)
        write_durable(path, [data], "staged")
        return path

    def promote(
        self,
        inputs: Mapping[str, str],
        code_version: str,
        facts: Mapping[str, Any],
        because: Because | None = None,
    ) -> Promotion:
        """Publish everything in the folder as the current version of (unit, key).

        `inputs` maps the name of each input to its hash; `facts` is any plain JSON that a
        reader of the manifest should know. Neither may depend on time, place or run.
        `because` goes into the journal of a release.
        Superseded, StageError, Unreasoned or OSError leave the current version as it was; stage
        anew after any of them.
        """
        self._close()
        return publish(self.fence, self.path, inputs, code_version, facts, because)

    def adopt(self, manifest: bytes, pointer: Pointer, told: bytes | None = None) -> Version:
        """Publish the folder as the version that another lake has promoted under that pointer;
        errors as for `promote`."""
        self._close()
        return adopt(self.fence, self.path, manifest, pointer, told)

    def _close(self) -> None:
        if self._closed:
            raise StageError(f"{self.fence.place}: this stage was already promoted; stage anew")
        self._closed = True


@contextmanager
def staging(
    lake: Lake,
    unit: str,
    key: str,
    run_id: str,
    *,
    timeout: float = TIMEOUT_SECONDS,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[Stage]:
    """Stage a version of (unit, key); unit `release` builds a release of year `key`.

    Holds the lock of (unit, key) for the whole block: a second run waits at most `timeout`
    seconds (LockTimeoutError), after one message to `on_wait` that names the holder, and then
    proceeds. Raises the fence, so that an earlier run that is still alive can no longer
    publish. Leaving the block without `promote` removes the folder and changes nothing.
    """
    place = lake.place(unit, key)
    checked_name("run id", run_id)
    with held(place.lock, run_id, timeout=timeout, on_wait=on_wait):
        point("stage.after_lock")
        fence = raise_fence(place, run_id)
        with owned_folder(lake, lake.stage / run_id, f"{unit}.{key}.") as folder:
            point("stage.after_folder")
            path = folder / "files"
            path.mkdir()
            yield Stage(path, fence)
            point("stage.before_cleanup")
