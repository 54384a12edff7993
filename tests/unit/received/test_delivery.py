"""Files offered from a disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.received import delivery
from assets.received.delivery import DeliveryError, content_of


def test_a_link_or_a_folder_or_too_much_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"P-10 x")
    assert content_of(path) == b"P-10 x"
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    for wrong in (link, tmp_path, tmp_path / "none"):
        with pytest.raises(DeliveryError, match="not a plain file"):
            content_of(wrong)
    monkeypatch.setattr(delivery, "MAX_BYTES", 3)
    with pytest.raises(DeliveryError, match="more than 3 bytes"):
        content_of(path)
