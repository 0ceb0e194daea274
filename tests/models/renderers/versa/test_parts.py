"""Small parts: the fast schedule, previews, drift, portrait frames, controls, encoders."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from core.cancel import CancelToken
from core.cutout import cut_out
from core.draw import draw_composite, draw_pose
from core.portrait import Rig, load_portrait
from core.pose import LEFT_EYE, LEFT_WRIST, RIGHT_EYE
from core.timeline import EMOTIONS
from models import wav2vec2
from models.renderers.base import FaceCue
from models.renderers.versa.controls import audio_windows, controls_of, face_track
from models.renderers.versa.decode import decode_frames, to_uint8
from models.renderers.versa.drift import Steadier
from models.renderers.versa.encoders import (
    EncoderError,
    OnnxIdentity,
    align_face,
    from_openpose,
)
from models.renderers.versa.engine import set_steps
from models.renderers.versa.portrait_frame import PortraitFrame, network_size
from models.renderers.versa.preview import LatentPreview
from models.renderers.versa.settings import VersaSettings
from tests.app.fakes import write_portrait
from tests.models.renderers import draft_scenes as scenes

from . import straight


def frame(name: str = "half", kind: str = "full") -> PortraitFrame:
    return PortraitFrame(scenes.portrait(name), 192, 320, kind)  # type: ignore[arg-type]


def test_the_fast_schedule_is_align_your_steps() -> None:
    from diffusers.schedulers import AysSchedules

    scheduler = straight.scheduler()
    set_steps(scheduler, VersaSettings(fast=True))
    wanted = AysSchedules["StableDiffusionVideoSigmas"]
    np.testing.assert_allclose(scheduler.sigmas, wanted, rtol=1e-6)
    np.testing.assert_allclose(scheduler.timesteps, 0.25 * np.log(wanted[:-1]), rtol=1e-5)
    set_steps(scheduler, VersaSettings(fast=True, steps=4))
    sigmas = scheduler.sigmas.tolist()
    assert (
        len(sigmas) == 5 and sigmas[0] == pytest.approx(700) and sigmas[-1] == 0.0 and sigmas[3] == pytest.approx(0.034)
    )
    assert sigmas == sorted(sigmas, reverse=True)
    set_steps(scheduler, VersaSettings(steps=25))
    assert len(scheduler.timesteps) == 25


def test_a_preview_finds_the_colours() -> None:
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (6, 5, 3)).astype(np.uint8)
    picture = small.repeat(8, axis=0).repeat(8, axis=1)
    mix = torch.from_numpy(random.standard_normal((4, 3)))
    latents = torch.einsum("ck,hwk->chw", mix, torch.from_numpy(small / 255.0)).float()
    found = LatentPreview.fit(latents, picture).picture(latents)
    assert np.abs(found.astype(int) - small).max() <= 2
    preview = LatentPreview.fit(latents, picture)
    assert [step for step in range(1, 13) if preview.wanted(step, 12)] == [5, 10, 12]


def test_network_sizes_are_on_the_grid() -> None:
    assert network_size(1080, 1920, 576) == (576, 1024)
    assert network_size(720, 720, 576) == (576, 576)
    assert network_size(36, 64, 64) == (64, 128)


def test_the_drawing_is_that_of_the_portrait_in_the_frame() -> None:
    for kind, draw in (("full", draw_pose), ("composite", draw_composite)):
        there = frame(kind=kind)
        drawn = there.draw([there.own_pose])[0]
        mask = () if kind == "full" else (there.head_mask,)
        wanted = draw(there.own_pose, *mask, there.height, there.width)  # type: ignore[operator]
        assert torch.equal(((drawn + 1.0) * 127.5).round(), torch.from_numpy(wanted).permute(2, 0, 1).float())
    there = frame()
    rig, t = there.portrait.rig, there.transform
    eyes = t.to_frame(rig.body[[RIGHT_EYE, LEFT_EYE], :2]) / (there.width, there.height)
    np.testing.assert_allclose(there.own_pose.body[0, [RIGHT_EYE, LEFT_EYE], :2], eyes, atol=1e-6)
    hand = there.own_pose.hands[0, 0]
    np.testing.assert_allclose(hand[0, :2], there.own_pose.body[0, LEFT_WRIST, :2], atol=1e-6)
    tip = t.to_frame(rig.hand_tips[:1, :2])[0] / (there.width, there.height)
    np.testing.assert_allclose(hand[12, :2], tip, atol=1e-6)


def test_the_picture_is_the_portrait() -> None:
    there = frame()
    assert there.picture.shape == (320, 192, 3)
    t = there.transform
    middle = t.to_portrait(np.array([[96.0, 160.0]]))[0].round().astype(int)
    patch = there.portrait.image[middle[1] - 3 : middle[1] + 4, middle[0] - 3 : middle[0] + 4].mean(axis=(0, 1))
    assert np.abs(there.picture[158:163, 94:99].mean(axis=(0, 1)) - patch).max() < 25


def test_face_masks_are_soft_and_follow_the_face() -> None:
    there = frame()
    own = there.own_pose
    right = np.array([0.1, 0.0, 0.0])
    shifted = replace(own, body=own.body + right, face=own.face + right)
    unseen = replace(own, body=own.body * [1, 1, 0], face=own.face * [1, 1, 0])
    masks = there.face_masks([own, shifted, unseen])
    assert masks.shape == (3, 40, 24) and float(masks.max()) == 1.0 and not masks[2].any()
    assert ((masks[0] > 0.0) & (masks[0] < 1.0)).any()
    columns = [(one * torch.arange(24)).sum() / one.sum() for one in masks[:2]]
    assert float(columns[1] - columns[0]) == pytest.approx(2.4, abs=0.15)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> PortraitFrame:
    """A small drawn person, quick to cut out."""
    path = write_portrait(tmp_path_factory.mktemp("person") / "p.png")
    person = load_portrait(path, Rig.from_json(path.with_suffix(".rig.json").read_text("utf-8")))
    return PortraitFrame(person, 192, 320, "full")


def test_drift_is_taken_back_in_the_background(drawn: PortraitFrame) -> None:
    there = drawn
    warm = np.clip(there.picture + np.array([12, 0, -8]), 0, 255).astype(np.uint8)
    held = Steadier(there, 1.0, False).steady(warm, there.own_pose)
    before, after = (np.abs(one.astype(int) - there.picture).mean() for one in (warm, held))
    assert before > 5.0 and after < 0.25 * before
    half = Steadier(there, 0.5, False).steady(warm, there.own_pose)
    assert 0.3 < np.abs(half.astype(int) - there.picture).mean() / before < 0.7
    assert Steadier(there, 0.0, False).steady(warm, there.own_pose) is warm


def test_a_still_background_is_the_portraits(drawn: PortraitFrame) -> None:
    there = drawn
    noisy = np.random.default_rng(0).integers(0, 256, there.picture.shape, dtype=np.uint8)
    steadier = Steadier(there, 0.0, True)
    shown = steadier.steady(noisy, there.own_pose)
    person = steadier.person(there.own_pose)
    assert 0.1 < (person > 0.99).mean() < 0.95
    assert np.array_equal(shown[person < 0.001], there.picture[person < 0.001])
    assert np.array_equal(shown[person == 1.0], noisy[person == 1.0])
    # An arm that is lifted into the background is shown.
    body = there.own_pose.body.copy()
    body[0, LEFT_WRIST] = [0.95, 0.1, 1.0]
    assert steadier.person(replace(there.own_pose, body=body))[32, 182] > 0.9


@pytest.mark.parametrize("way", [(2.5, 0.0), (-2.5, 0.0), (0.0, -2.0)])
def test_a_person_who_moves_is_not_cut(drawn: PortraitFrame, way: tuple[float, float]) -> None:
    """Hair and trunk are no limbs: what the portrait's person covers is covered where they went, too."""
    steadier = Steadier(drawn, 0.0, True)
    own, scale = drawn.own_pose, drawn.portrait.rig.eye_distance * drawn.transform.scale_x
    x, y = np.array(way) * scale
    shift = np.array([x / drawn.width, y / drawn.height, 0.0])
    moved = replace(own, body=own.body + shift, face=own.face + shift, hands=own.hands + shift)
    t = drawn.transform
    place = np.array([[t.scale_x, 0.0, t.offset_x + x], [0.0, t.scale_y, t.offset_y + y]])
    alpha = cv2.warpAffine(cut_out(drawn.portrait).alpha, place, (drawn.width, drawn.height))
    mask = steadier.person(moved)
    assert (mask[alpha > 128] > 0.5).mean() > 0.999
    assert mask.mean() < steadier.person(own).mean() + 0.25  # and not simply everything


def test_drift_in_figures(drawn: PortraitFrame) -> None:
    """Colours that drift over a while, with noise and an arm that waves: what is left, and whether it flickers."""
    random = np.random.default_rng(0)
    steadier = Steadier(drawn, 1.0, False)
    before, after = [], []
    for number in range(12):
        body = drawn.own_pose.body.copy()
        body[0, LEFT_WRIST] = [0.75 + 0.2 * np.sin(number), 0.5 - 0.3 * np.cos(number), 1.0]
        pose = replace(drawn.own_pose, body=body)
        colours = np.array([12.0, -3.0, -8.0]) * number / 11
        noisy = drawn.picture + colours + random.normal(0.0, 4.0, drawn.picture.shape)
        picture = np.rint(noisy).clip(0, 255).astype(np.uint8)
        background = steadier.person(pose) < 0.05
        for found, shown in ((before, picture), (after, steadier.steady(picture, pose))):
            found.append((shown[background].astype(float) - drawn.picture[background]).mean(axis=0))
    worst = [float(np.abs(np.array(found)).max()) for found in (before, after)]
    steps = [float(np.abs(np.diff(found, axis=0)).max()) for found in (before, after)]
    print(f"largest drift without and with holding: {worst}; largest step between frames: {steps}")
    assert worst[0] > 10.0 and worst[1] < 0.6 and steps[1] < steps[0]


def test_emotion_and_blinks_follow_the_cues() -> None:
    person = scenes.portrait("head")
    job = scenes.make_job(person, scenes.still_poses(person, 200), scenes.silence(10.0), fps=20.0, cues=(
        FaceCue(2.0, 4.0, "happy", 0.5, 1.0), FaceCue(3.0, 6.0, "sad", 1.0, 0.0),
    ))  # fmt: skip
    track = face_track(job, 200)
    assert set(track.emotion[:40]) == {0} and track.strength[:40].max() == 0
    assert set(track.emotion[40:80]) == {EMOTIONS.index("happy")} and track.strength[60] == 0.5
    assert set(track.emotion[80:120]) == {EMOTIONS.index("sad")}
    assert not track.blink[90:118].any() and track.blink.max() == 1.0


def test_audio_windows_lie_around_their_frame() -> None:
    features = np.arange(100, dtype=np.float32)[:, None]
    windows = audio_windows(features, range(0, 50), 25.0, 4)
    assert windows.shape == (50, 4, 1)
    assert windows[10, :, 0].tolist() == [18, 19, 20, 21] and windows[0, :, 0].tolist() == [0, 0, 0, 1]
    assert np.array_equal(audio_windows(features, range(30, 40), 25.0, 4), windows[30:40])
    person = scenes.portrait("head")
    track = face_track(scenes.make_job(person, scenes.still_poses(person), scenes.silence(2.0)), 50)
    made = controls_of(track, features, np.ones(512, np.float32), torch.ones(4, 2, 2), range(10, 13), 25.0, 4)
    assert made.audio.shape == (1, 4, 4, 1) and not made.audio[0, 0].any() and made.audio[0, 1, 2, 0] == 20


def test_decoding_does_not_depend_on_what_is_wanted() -> None:
    class Vae:
        """Adds to each frame a tenth of the mean of the call, so that where calls begin can be seen."""

        class config:
            scaling_factor = 0.5

        device, dtype = torch.device("cpu"), torch.float32

        def decode(self, latents: torch.Tensor, num_frames: int) -> object:
            assert num_frames == len(latents)
            sample = latents[:, :3] / 4 + latents[:, :3].mean() / 10
            return type("Decoded", (), {"sample": sample})

    latents = torch.rand(23, 4, 2, 2)
    whole = list(decode_frames(Vae(), latents, 100, range(100, 123), CancelToken(), chunk=8, context=2))
    assert len(whole) == 23
    part = list(decode_frames(Vae(), latents, 100, range(106, 110), CancelToken(), chunk=8, context=2))
    assert all(np.array_equal(a, b) for a, b in zip(part, whole[6:10], strict=True))
    call = latents[6:18, :3] / 0.5
    wanted = to_uint8(call / 4 + call.mean() / 10)[2:10]
    assert np.array_equal(np.stack(whole[8:16]), wanted)


def test_pixels_are_truncated() -> None:
    pixels = torch.tensor([-3.0, -1.0, 0.0, 0.999, 1.0, 5.0]).view(6, 1, 1, 1).expand(-1, 3, -1, -1)
    assert to_uint8(pixels)[:, 0, 0, 0].tolist() == [0, 0, 127, 254, 255, 255]


def test_wav2vec2_hears_parts_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    torch.manual_seed(0)
    config = Wav2Vec2Config(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
                            conv_dim=(16,) * 7, num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2,
                            feat_extract_norm="layer", do_stable_layer_norm=True)  # fmt: skip
    Wav2Vec2Model(config).save_pretrained(tmp_path)
    encoder = wav2vec2.Wav2Vec2Encoder(tmp_path)
    samples = np.random.default_rng(0).standard_normal(16_000 * 3).astype(np.float32)
    whole = encoder.encode(samples, CancelToken())
    assert encoder.width == 16 and whole.shape == (150, 16)
    monkeypatch.setattr(wav2vec2, "_PART_SECONDS", 1.0)
    parts = encoder.encode(samples, CancelToken())
    # Attention sees a second more on either side instead of all; the convolutions see the same.
    assert np.corrcoef(parts.ravel(), whole.ravel())[0, 1] > 0.98
    assert encoder.encode(np.zeros(0, np.float32), CancelToken()).shape == (1, 16)


def test_faces_are_turned_upright() -> None:
    rig = scenes.portrait("head").rig
    crop = align_face(scenes.portrait("head").image, rig)
    assert crop.shape == (112, 112, 3)
    dots = np.zeros_like(scenes.portrait("head").image)
    for point in (RIGHT_EYE, LEFT_EYE):
        x, y = rig.body[point, :2].round().astype(int)
        dots[y - 4 : y + 5, x - 4 : x + 5] = 255
    ys, xs = np.nonzero(align_face(dots, rig)[..., 0] > 100)
    assert abs(xs.min() - 38) < 9 and abs(xs.max() - 74) < 9 and abs(ys.mean() - 52) < 8


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match=r"package onnxruntime.*pip install onnxruntime"):
        OnnxIdentity(tmp_path / "face.onnx")


def test_whole_body_points_are_sorted() -> None:
    points = np.arange(134 * 2, dtype=float).reshape(1, 134, 2)
    poses = from_openpose(points, np.full((1, 134), 0.5), 10, 20)
    assert poses.body[0, 17, 0] == pytest.approx(3.4) and poses.face[0, 0, 0] == pytest.approx(4.8)
    assert poses.hands[0, 0, 0, 0] == pytest.approx(18.4) and poses.hands[0, 1, 20, 1] == pytest.approx(267 / 20)


@torch.no_grad()
def test_what_is_compiled_sees_new_controls_and_serves_the_fast_mode_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """One block for real, by the part of the compiler that follows Python; hooks and controls change between passes."""
    from models.renderers.versa.engine import compile_blocks

    from . import test_face_adapter as face

    made, adapter = face.with_adapter(trained=True)
    given, first = face.inputs(), face.controls()
    contexts = [adapter.context(first), adapter.context(face.other(first, "audio")), None]
    wanted = [made(*given, context) for context in contexts]
    blocks = [*made.unet.down_blocks, made.unet.mid_block, *made.unet.up_blocks]
    for block in blocks[1:]:
        monkeypatch.setattr(block, "compile", lambda block=block, **options: setattr(block, "told", options))
    compile_blocks(made.unet, backend="eager")
    assert all(block.told == {"backend": "eager"} for block in blocks[1:])  # the fast mode calls them one by one
    for context, result in zip(contexts, wanted, strict=True):
        assert torch.equal(made(*given, context), result)


@torch.no_grad()
def test_layers_that_are_moved_to_the_card_one_by_one_give_the_same() -> None:
    """Our hooks and those of the layer-wise offloading live beside each other; here the card is the processor."""
    from accelerate import cpu_offload

    from models.renderers.versa.backbone import Backbone
    from models.renderers.versa.engine import channels_last

    from . import tiny

    made = Backbone(tiny.UNET).eval().requires_grad_(False)
    made.load_state_dict(tiny.backbone().state_dict())
    given = (torch.randn(1, 3, 8, 4, 4), torch.tensor(0.3), torch.randn(1, 1, 32), torch.randn(1, 3))
    pose = torch.randn(3, 32, 4, 4)
    wanted = tiny.backbone()(*given, pose)
    channels_last(made.unet)
    assert made.unet.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(made(*given, pose), wanted, rtol=1e-4, atol=1e-5)
    cpu_offload(made.unet, execution_device=torch.device("cpu"))
    assert made.unet.conv_in.weight.device.type == "meta"
    torch.testing.assert_close(made(*given, pose), wanted, rtol=1e-4, atol=1e-5)
