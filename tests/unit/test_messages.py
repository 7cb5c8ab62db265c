"""What travels on the queues can be sent on every queue."""

import pytest

from abzug.messages import PhotoRef
from abzug.queues import limits
from abzug.queues.base import Outgoing


@pytest.mark.parametrize(
    "name", ["a\x00b", "\x1b[1m", "\ufffe\uffff", "日本語 🎞", 'quote " \\ .jpg']
)
def test_any_file_name_can_be_sent_and_comes_back(name) -> None:
    photo = PhotoRef(id="ph", key="k", sha256="0", filename=name, media_type="image/jpeg", bytes=1)

    body = photo.to_json()

    limits.check_outgoing(Outgoing(body))
    assert PhotoRef.model_validate_json(body) == photo
