"""What travels on the queues can be sent on every queue."""

import pytest

from abzug.messages import Notice, PhotoRef, StatusReport
from abzug.queues import limits
from abzug.queues.base import Outgoing


@pytest.mark.parametrize(
    "name", ["a\x00b", "\x1b[1m", "\ufffe\uffff", "日本語 🎞", 'quote " \\ .jpg']
)
def test_any_file_name_can_be_sent_and_comes_back(name: str) -> None:
    photo = PhotoRef(id="ph", key="k", sha256="0", filename=name, media_type="image/jpeg", bytes=1)

    body = photo.to_json()

    limits.check_outgoing(Outgoing(body))
    assert PhotoRef.model_validate_json(body) == photo


def test_a_report_of_a_worker_of_the_first_version_is_read() -> None:
    body = (
        '{"version":1,"kind":"succeeded","task_id":"tk","job_id":"jb","owner":"ann","receive_count":1,'
        '"worker":"w","at":1.0,"notices":["Only the first frame was used."]}'
    )

    report = StatusReport.model_validate_json(body)

    assert report.notices == (Notice(code="text", text="Only the first frame was used."),)


def test_a_notice_comes_back_as_it_was() -> None:
    values = {"n": 3, "share": 0.25, "names": ["a", "b"], "sliders": {"exposure": 0.3}}
    notice = Notice(code="some", values=values, text="…")

    again = Notice.model_validate_json(notice.model_dump_json())

    assert again == notice
    assert again.values == values
