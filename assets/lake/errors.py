"""What can go wrong in the lake. Every message names the file and says what to do."""

from __future__ import annotations


class LakeError(Exception):
    """Base of all errors of the lake, and a wrong unit, key or run id."""


class IntakeError(LakeError):
    """A source file or its description cannot be taken in, or a taken file has changed."""


class StageError(LakeError):
    """What a run tries to stage or promote is not acceptable."""


class LockTimeoutError(LakeError):
    """Another process holds the lock for longer than the caller was ready to wait."""


class Superseded(LakeError):  # noqa: N818 (an outcome, not a defect)
    """A later run has started on the same unit and key; nothing was changed."""


class Unreasoned(LakeError):  # noqa: N818 (an outcome, not a defect)
    """What was signed would change, and nobody says who changes it and why; nothing changed."""


class CorruptVersion(LakeError):  # noqa: N818 (what it is says enough)
    """A pointer, manifest or promoted file is missing or is not what was promoted."""


class RemoteError(LakeError):
    """The bucket or folder that holds a copy of the lake cannot be used or does not answer."""
