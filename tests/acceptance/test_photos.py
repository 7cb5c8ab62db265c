"""Every photo of the folder, computed or real, through the whole system gives what it should."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps
from tests.support.animations import taken_apart
from tests.support.colors import delta_e
from tests.support.engine_calls import saved
from tests.support.jxl_files import jxl
from tests.support.service import RunningService

pytestmark = pytest.mark.xdist_group("acceptance")

FULL = {"name": "full", "format": "png", "metadata": "keep"}
WEB = {"name": "web", "format": "jpeg", "quality": 90}


@pytest.fixture(scope="module")
def client(service: RunningService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=120, trust_env=False) as client:
        yield client


def upload(client: httpx.Client, path: Path) -> httpx.Response:
    return client.post("/v1/photos", params={"filename": path.name}, content=path.read_bytes())


def edit(
    client: httpx.Client, path: Path, *outputs: dict[str, Any], **edits: Any
) -> dict[str, Any]:
    """The task of this photo, finished."""
    photo = upload(client, path)
    assert photo.status_code == 201, photo.text
    job = client.post(
        "/v1/jobs",
        json={"photos": [photo.json()["id"]], "edits": edits, "outputs": outputs or [FULL]},
        headers={"Prefer": "wait=60"},
    )
    assert job.status_code == 200, job.text
    task: dict[str, Any] = client.get(job.json()["links"]["tasks"]).json()["items"][0]
    return task


def result(client: httpx.Client, task: dict[str, Any], name: str = "full") -> Image.Image:
    assert task["state"] == "succeeded", task["error"]
    (found,) = [r for r in task["results"] if r["name"] == name]
    data = client.get(found["url"]).content
    assert len(data) == found["bytes"]
    image = Image.open(io.BytesIO(data))
    assert image.size == (found["width"], found["height"])
    return image


def rgb(image: Image.Image) -> np.ndarray:
    """uint8 (height, width, 3); transparent parts on white."""
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image.convert("RGBA"))
    return np.asarray(white.convert("RGB"))


def read(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def test_all_eight_orientations_come_out_upright_and_alike(
    client: httpx.Client, photos: Path
) -> None:
    pictures = [
        rgb(result(client, edit(client, photos / f"orient-landscape-{n}.jpg"))) for n in range(1, 9)
    ]
    for picture in pictures:
        assert picture.shape == (1200, 1800, 3)
        difference = np.abs(picture.astype(int) - pictures[0]).mean()
        assert difference < 6, "one of them is turned or mirrored"
    mirrored = np.abs(pictures[0][:, ::-1].astype(int) - pictures[0]).mean()
    assert mirrored > 20, "the measure would not see a mirrored one"


def test_a_heic_from_a_phone_stands_upright_in_its_own_colors(
    client: httpx.Client, photos: Path
) -> None:
    import pillow_heif

    heic = photos / "heic-iphone8-p3-arrow.heic"
    image = result(client, edit(client, heic))
    assert image.size == pillow_heif.open_heif(heic).size
    assert image.width * 4 == image.height * 3


def test_a_cmyk_jpeg_is_converted_by_its_meaning(client: httpx.Client, photos: Path) -> None:
    ours = rgb(result(client, edit(client, photos / "cmyk-adobe.jpg")))
    reference = rgb(read(photos / "cmyk-adobe-rgb-reference.jpg"))
    assert delta_e(ours, reference).mean() < 15


def test_sixteen_bit_rec2020_matches_its_srgb_reference(client: httpx.Client, photos: Path) -> None:
    ours = rgb(result(client, edit(client, photos / "rec2020-linear-16bit.png")))
    reference = rgb(read(photos / "rec2020-linear-16bit-srgb-reference.png"))
    assert delta_e(ours, reference).mean() < 1


def test_a_sixteen_bit_tiff_keeps_its_bits(client: httpx.Client, photos: Path) -> None:
    task = edit(client, photos / "rgb16.tiff", FULL | {"format": "tiff"})
    (found,) = task["results"]
    deep = cv2.imdecode(
        np.frombuffer(client.get(found["url"]).content, np.uint8), cv2.IMREAD_UNCHANGED
    )
    assert deep is not None
    assert deep.dtype == np.uint16
    ours = (deep.astype(np.uint16) >> 8).astype(np.uint8)[..., ::-1]
    reference = np.asarray(read(photos / "rgb16-reference.png"))
    assert np.array_equal(
        ours, reference[..., :3] if reference.dtype == np.uint8 else reference >> 8
    )


@pytest.mark.parametrize("name", ["prophoto.jpg", "p3-gainmap-iphone13.jpg"])
def test_a_wide_gamut_photo_is_converted_by_its_profile(
    client: httpx.Client, photos: Path, name: str
) -> None:
    ours = rgb(result(client, edit(client, photos / name)))
    source = read(photos / name)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(source.info["icc_profile"]))
    upright = source.convert("RGB")
    converted: Any = ImageCms.profileToProfile(upright, profile, ImageCms.createProfile("sRGB"))
    right = np.asarray(ImageOps.exif_transpose(converted))
    ignored = np.asarray(ImageOps.exif_transpose(upright))
    assert delta_e(ours, right).mean() < 0.8
    assert delta_e(ours, ignored).mean() > delta_e(ours, right).mean()


def test_the_p3_logo_keeps_its_text_when_kept_as_p3(client: httpx.Client, photos: Path) -> None:
    task = edit(
        client,
        photos / "p3-logo-red.png",
        {"name": "srgb", "format": "png"},
        {"name": "p3", "format": "png", "icc": "p3"},
    )
    text = np.s_[300:700, 100:900]
    assert rgb(result(client, task, "p3"))[text].std(axis=(0, 1)).max() > 10, "the text is gone"
    assert rgb(result(client, task, "srgb"))[text].std(axis=(0, 1)).max() < 3
    assert result(client, task, "p3").info.get("icc_profile")


@pytest.mark.parametrize("form", ["jxl", "bmp"])
def test_what_other_programs_write_comes_out_as_it_was(
    client: httpx.Client, photos: Path, tmp_path: Path, form: str
) -> None:
    portrait = read(photos / "redeye.png").convert("RGB")
    (tmp_path / "portrait").write_bytes(
        jxl(portrait, lossless=True) if form == "jxl" else saved(portrait, form)
    )

    task = edit(client, tmp_path / "portrait")

    assert np.array_equal(rgb(result(client, task)), rgb(portrait))


@pytest.mark.parametrize("name", ["animated.gif", "animated.webp"])
def test_an_animation_gives_its_first_frame_and_says_so(
    client: httpx.Client, photos: Path, name: str
) -> None:
    task = edit(client, photos / name)
    first = rgb(read(photos / name))
    assert delta_e(rgb(result(client, task)), first).mean() < 1
    assert [notice["code"] for notice in task["notices"]] == ["first_of_frames"]


@pytest.mark.parametrize("form", ["webp", "gif"])
@pytest.mark.parametrize(("name", "frames"), [("animated.gif", 30), ("animated.webp", 9)])
def test_an_animation_comes_out_with_its_frames_and_delays(
    client: httpx.Client, photos: Path, name: str, frames: int, form: str
) -> None:
    task = edit(client, photos / name, {"name": "moving", "format": form}, saturation=-100)
    [found] = task["results"]
    after, delays, loop = taken_apart(client.get(found["url"]).content)
    before, expected, forever = taken_apart((photos / name).read_bytes())
    assert (len(after), delays, loop) == (frames, expected, forever)
    assert (found["width"], found["height"]) == before[0].shape[1::-1]
    assert not task["notices"]
    for frame in after:
        assert np.ptp(frame[frame[..., 3] == 255][:, :3].astype(int), axis=-1).max() < 12


@pytest.mark.parametrize("name", ["gps-sunrise.jpg", "gps-sunrise.webp"])
@pytest.mark.parametrize("form", ["jpeg", "webp", "png", "avif", "tiff"])
def test_no_location_leaves_by_default(
    client: httpx.Client, photos: Path, name: str, form: str
) -> None:
    source = (photos / name).read_bytes()
    task = edit(client, photos / name, {"name": "out", "format": form})
    image = result(client, task, "out")
    data = client.get(task["results"][0]["url"]).content
    assert Image.open(io.BytesIO(source)).getexif().get_ifd(0x8825), "the source has a location"
    assert not image.getexif().get_ifd(0x8825)
    assert b"GPSL" not in data
    assert b"exif:GPS" not in data


def test_red_eyes_are_mended_and_nothing_else(client: httpx.Client, photos: Path) -> None:
    task = edit(client, photos / "redeye.png", red_eye=True)
    before = rgb(read(photos / "redeye.png")).astype(int)
    after = rgb(result(client, task)).astype(int)

    def red(picture: np.ndarray) -> int:
        r, g, b = picture[..., 0], picture[..., 1], picture[..., 2]
        return int(((r > 100) & (r > 2 * g) & (r > 2 * b)).sum())

    changed = np.abs(after - before).max(-1) > 3
    assert red(before) > 1000
    assert red(after) < 60
    assert changed.mean() < 0.02


def test_an_ordinary_photo_is_edited_and_resized(client: httpx.Client, photos: Path) -> None:
    task = edit(
        client,
        photos / "camera-canon-a720.jpg",
        WEB | {"max_side": 1024},
        exposure=0.5,
        contrast=20,
    )
    image = result(client, task, "web")
    assert max(image.size) == 1024
    plain = edit(client, photos / "camera-canon-a720.jpg", WEB | {"max_side": 1024})
    assert rgb(image).mean() > rgb(result(client, plain, "web")).mean() + 5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("truncated.jpg", "ends too early"),
        ("corrupt.png", ""),
        ("heic-truncated.heic", ""),
        ("bomb-png-text-chunk.png", None),
    ],
)
def test_a_bad_file_fails_with_a_reason_and_the_worker_lives(
    client: httpx.Client, service: RunningService, photos: Path, name: str, words: str | None
) -> None:
    editors = set(service.pids("editor"))
    answer = upload(client, photos / name)
    if answer.status_code == 201:
        task = edit(client, photos / name)
        if words is None and task["state"] == "succeeded":
            return  # done in bounded memory, which is as good
        assert task["state"] == "failed"
        error = task["error"]
        text, permanent = error["message"], error["permanent"]
    else:
        assert answer.status_code in {413, 415, 422}
        text, permanent = answer.json()["detail"], True
    assert (words or "") in text
    assert len(text) > 15
    assert permanent
    assert set(service.pids("editor")) == editors, "an editing process died of it"


def test_a_bomb_of_pixels_is_refused_or_done_in_bounded_memory(
    client: httpx.Client, service: RunningService, photos: Path
) -> None:
    task = edit(client, photos / "bomb-16384x16384.png", WEB | {"max_side": 512})
    assert task["state"] in {"succeeded", "failed"}
    assert len(task["attempts"]) == 1, "it killed its process"


def test_a_raw_is_developed_in_its_size_and_colors(client: httpx.Client, photos: Path) -> None:
    deep = {"name": "deep", "format": "png", "max_side": 400}
    task = edit(client, photos / "raw-colorchart.dng", WEB, deep)
    image = result(client, task, "web")
    assert image.size == (1734, 1156)
    red, green, blue = (rgb(image)[808:824, x : x + 16].mean((0, 1)) for x in (912, 804, 702))
    assert (red.argmax(), green.argmax(), blue.argmax()) == (0, 1, 2)
    (found,) = [r for r in task["results"] if r["name"] == "deep"]
    assert client.get(found["url"]).content[24] == 16, "bits a channel, in a PNG's header"
    assert task["notices"] == []


def test_the_thumbnail_of_a_raw_that_cannot_be_developed_is_never_taken(
    client: httpx.Client, photos: Path
) -> None:
    task = edit(client, photos / "raw-undevelopable-z9.dng")
    assert task["state"] == "failed"
    assert "This RAW cannot be developed here" in task["error"]["message"]
    assert task["error"]["permanent"]


def test_equal_requests_give_byte_equal_results_on_another_home(
    client: httpx.Client, photos: Path, tmp_path: Path
) -> None:
    task = edit(client, photos / "camera-canon-a720.jpg", WEB, exposure=0.3, shadows=20)
    first = client.get(task["results"][0]["url"]).content
    with (
        RunningService(tmp_path / "other") as other,
        httpx.Client(base_url=other.url, timeout=60, trust_env=False) as second,
    ):
        task = edit(second, photos / "camera-canon-a720.jpg", WEB, exposure=0.3, shadows=20)
        assert second.get(task["results"][0]["url"]).content == first
