"""What can go wrong in an explanation. Every message says what is held instead."""

from __future__ import annotations


class ExplainError(ValueError):
    """There is nothing to explain."""


class BodyError(ExplainError):
    """No body, or more than one, is meant; the message lists the candidates."""
