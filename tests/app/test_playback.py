"""`app.playback`: the time that is told is the time that is heard, with a card and without."""

import numpy as np
import pytest

import app.sound_device
from app.playback import Player
from app.sound_device import SILENT_NAME
from tests.app.fake_sound import RATE, FakeCard, proxy_of, ramp_proxy

FRAME_US = 1_000_000 // 25


@pytest.fixture
def make(qtbot):
    made = []

    def build(card=None, proxy=None):
        card = card or FakeCard()
        player = Player(backend=card, clock=card.clock)
        made.append(player)
        player.set_proxy(proxy or ramp_proxy())
        return player, card

    yield build
    for player in made:
        player.close()


def heard_us(card, now=None):
    """Time in the recording of the frame that is heard: the ramp tells it."""
    return card.stream.value_at(card.now if now is None else now)[0] * 32768 / RATE * 1e6


@pytest.mark.parametrize("rate", [1.0, 2.0, 4.0, 8.0, -1.0, -2.0, -4.0, -8.0])
@pytest.mark.parametrize("device_rate", [8000, 11025])
def test_time_is_what_is_heard(make, rate, device_rate):
    card = FakeCard(device_rate, refused=() if device_rate == RATE else (RATE,))
    player, _ = make(card)
    player.seek(3_700_000 if rate < 0 else 50_000)
    begin = player.time_us
    player.play(rate)
    assert player.time_us == begin
    card.pass_time(0.1)  # the first sound comes out after the latency, and fades in for 5 ms
    told = []
    for _ in range(40):
        card.pass_time(0.0067)
        told.append(player.time_us)
        assert player.time_us == pytest.approx(heard_us(card), abs=abs(rate) * 1e6 / device_rate + 130)
    moved = (told[-1] - told[0]) / (39 * 6700)
    assert moved == pytest.approx(rate, rel=1e-3)


def test_frames_delivered_and_time_agree_over_long(make):
    player, card = make(FakeCard(jitter=0.004), proxy_of(np.zeros(RATE * 60, np.int16)))
    player.play()
    card.pass_time(card_latency := 0.08)
    for _ in range(20):
        card.pass_time(2.5)
        frames = (card.now - card.stream.first_heard_at) * RATE
        assert player.time_us == pytest.approx(frames / RATE * 1e6, abs=FRAME_US / 10)
    assert card.stream.latency == card_latency


def test_driver_without_times_is_held_to_its_latency(make):
    player, card = make(FakeCard(tells=False))
    player.play()
    card.pass_time(1.0)
    # The callback comes up to one block early or late of what the latency says.
    assert player.time_us == pytest.approx(heard_us(card), abs=20_000)


def test_seek_while_playing_shows_the_target_at_once_and_then_moves_on(make):
    player, card = make()
    player.play()
    card.pass_time(0.5)
    player.seek(2_000_000)
    assert player.time_us == 2_000_000
    card.pass_time(0.04)  # the old sound is still being heard, the picture waits at the target
    assert player.time_us == 2_000_000
    card.pass_time(0.3)
    assert player.time_us == pytest.approx(heard_us(card), abs=300)
    assert player.time_us > 2_100_000


def test_faster_goes_on_without_a_jump(make):
    player, card = make()
    player.play()
    card.pass_time(0.5)
    player.play(2.0)
    before = player.time_us
    for _ in range(60):
        card.pass_time(0.004)
        now = player.time_us
        assert 0 <= now - before <= 8_200
        before = now
    assert before == pytest.approx(heard_us(card), abs=400)


def test_shuttle_steps_through_the_speeds(make):
    player, card = make()
    player.seek(1_000_000)
    states = []
    player.stateChanged.connect(lambda playing, rate: states.append((playing, rate)))
    for direction in (1, 1, 1, 1, 1, -1, -1, 1, 0):
        player.shuttle(direction)
        card.pass_time(0.01)
    assert states == [
        (True, 1.0), (True, 2.0), (True, 4.0), (True, 8.0), (True, -1.0), (True, -2.0), (True, 1.0), (False, 1.0),
    ]  # fmt: skip


def test_loop_has_no_gap_and_time_wraps(make):
    player, card = make()
    loop = (1_000_000, 1_500_000)
    player.set_loop(loop)
    player.seek(200_000)  # outside: starts with the loop
    player.play()
    card.pass_time(0.1)
    for _ in range(300):
        card.pass_time(0.005)
        assert loop[0] <= player.time_us < loop[1]
    heard = card.stream.heard[:, 0] * 32768
    start = int(np.argmax(heard > 0)) + 40  # after the fade-in
    place = np.round(heard[start:])
    wanted = 8000 + (place[0] - 8000 + np.arange(len(place))) % 4000
    since_join = (wanted - 8000).astype(int)
    plain = since_join >= 40  # a cross-fade of 5 ms joins the ends
    np.testing.assert_allclose(place[plain], wanted[plain], atol=1)
    assert place.min() > 7000  # at no place silence


def test_loop_backwards(make):
    player, card = make()
    player.set_loop((1_000_000, 1_500_000))
    player.seek(1_200_000)
    player.play(-1.0)
    card.pass_time(0.1)
    times = []
    for _ in range(200):
        card.pass_time(0.005)
        times.append(player.time_us)
    assert 1_000_000 <= min(times) < 1_010_000 and 1_490_000 < max(times) <= 1_500_000
    assert np.median(np.diff(times)) == pytest.approx(-5000, abs=130)


def test_loop_set_behind_the_playhead_brings_it_back(make):
    player, card = make()
    player.seek(2_000_000)
    player.play()
    card.pass_time(0.2)
    player.set_loop((500_000, 1_000_000))
    card.pass_time(0.2)
    assert 500_000 <= player.time_us < 1_000_000


@pytest.mark.parametrize(("rate", "start", "end"), [(1.0, 3_500_000, 3_750_000), (-2.0, 300_000, 0)])
def test_playback_stops_at_the_end(make, qtbot, rate, start, end):
    player, card = make()
    player.seek(start)
    player.play(rate)
    with qtbot.waitSignal(player.stateChanged) as stopped:
        card.pass_time(0.6)
    assert stopped.args == [False, rate]
    assert player.time_us == end
    player.play(abs(rate))  # at the end: from the beginning
    assert player.playing and player.time_us == 0
    player.pause()


def test_pause_stops_at_what_is_heard_and_resumes_there(make):
    player, card = make()
    player.play()
    card.pass_time(0.5)
    heard = heard_us(card)
    player.pause()
    assert player.time_us == pytest.approx(heard, abs=300)
    stopped = player.time_us
    card.pass_time(0.5)
    assert player.time_us == stopped
    assert not card.stream.heard[-500:].any()
    player.play()
    card.pass_time(0.2)
    assert player.time_us == pytest.approx(heard_us(card), abs=300)


def test_no_click_at_any_jump(make):
    steady = proxy_of(np.full(RATE * 3, 16000))
    player, card = make(proxy=steady)
    player.play()
    card.pass_time(0.2)
    player.seek(1_000_000)
    card.pass_time(0.2)
    player.play(-1.0)
    card.pass_time(0.2)
    player.set_volume(0.5)
    card.pass_time(0.2)
    player.set_muted(True)
    card.pass_time(0.1)
    player.pause()
    card.pass_time(0.2)
    heard = card.stream.heard[:, 0]
    assert heard.max() == pytest.approx(16000 / 32768, rel=0.02)
    assert np.abs(np.diff(heard)).max() < 0.5 / 38  # full swing over 5 ms at the least
    assert not heard[-100:].any()


def test_scrubbing_sounds_windowed_grains_and_playback_waits(make):
    player, card = make(proxy=proxy_of(np.full(RATE * 3, 16000)))
    player.play()
    card.pass_time(0.3)
    player.scrub(1_500_000)
    assert not player.playing and player.time_us == 1_500_000
    quiet = len(card.stream.heard) + 40  # the fade-out of the playback
    card.pass_time(0.4)
    heard = card.stream.heard[quiet:, 0]
    sounding = np.flatnonzero(heard > 1e-4)
    assert len(sounding) / RATE == pytest.approx(0.06, abs=0.006)
    assert heard.max() == pytest.approx(16000 / 32768, rel=0.02)
    before = len(card.stream.heard)
    for place in range(1_500_000, 1_700_000, 2_000):  # 100 mouse moves in 0.2 s
        player.scrub(place)
        card.pass_time(0.002)
    assert card.stream.heard[before:].max() <= 16000 / 32768 * 1.1  # grains overlap to a steady sound, no louder
    player.finish_scrub()
    assert player.playing and player.rate == 1.0
    assert player.time_us == 1_698_000


def test_stereo_is_kept_and_mono_goes_to_both_sides(make):
    both = np.stack([np.full(RATE, 8000), np.full(RATE, -4000)], axis=1)
    player, card = make(proxy=proxy_of(both))
    player.play()
    card.pass_time(0.3)
    np.testing.assert_allclose(card.stream.value_at(card.now), [8000 / 32768, -4000 / 32768], atol=1e-4)
    player.set_proxy(proxy_of(np.full(RATE, 8000)))
    assert player.playing
    card.pass_time(0.3)
    np.testing.assert_allclose(card.stream.value_at(card.now), [8000 / 32768] * 2, atol=1e-4)


def test_without_a_card_the_silent_clock_runs_and_says_so_once(make, qtbot):
    card = FakeCard()
    card.gone = True
    player, _ = make(card)
    told = []
    player.notice.connect(told.append)
    for rate, start, end in ((1.0, 0, 500_000), (4.0, 0, 2_000_000), (-2.0, 3_000_000, 2_000_000)):
        player.seek(start)
        player.play(rate)
        card.now += 0.5
        assert player.time_us == pytest.approx(end, abs=2)
        player.pause()
    player.set_loop((1_000_000, 1_400_000))
    player.seek(1_300_000)
    player.play()
    card.now += 0.3
    assert player.time_us == pytest.approx(1_200_000, abs=2)
    player.set_loop(None)
    with qtbot.waitSignal(player.stateChanged):
        card.now += 10
    assert player.time_us == player.duration_us
    assert len(told) == 1 and "no sound card" in told[0]
    assert player.device_name == SILENT_NAME
    player.scrub(100_000)
    assert player.time_us == 100_000


@pytest.mark.parametrize("how", ["inactive", "stalled"])
def test_unplugged_in_mid_playback(make, qtbot, monkeypatch, how):
    player, card = make()
    told, names = [], []
    player.notice.connect(told.append)
    player.deviceChanged.connect(names.append)
    player.play()
    card.pass_time(0.5)
    with qtbot.waitSignal(player.timeChanged):
        pass
    last = player.time_us
    card.gone = True
    if how == "inactive":
        card.stream.active = False
    else:
        monkeypatch.setattr(app.sound_device, "STALLED_SECONDS", 0.0)
    with qtbot.waitSignal(player.notice):
        pass
    card.now += 0.5
    assert player.playing
    assert player.time_us == pytest.approx(last + 500_000, abs=FRAME_US)
    player.play(2.0)
    card.now += 0.25
    assert player.time_us == pytest.approx(last + 1_000_000, abs=FRAME_US)
    assert len(told) == 1
    assert names == ["Fake card", SILENT_NAME]
    player.pause()
    monkeypatch.undo()
    card.gone = False
    card.now += 6
    player.play()
    card.pass_time(0.3)
    assert card.restarts >= 1 and names[-1] == "Fake card" and "again" in told[-1]
    assert player.time_us == pytest.approx(heard_us(card), abs=300)


def test_a_card_that_swallows_sound_faster_than_it_plays_is_none(make, qtbot):
    player, card = make()
    player.play()
    with qtbot.waitSignal(player.timeChanged):
        card.pass_time(0.2)
    played = player.time_us
    with qtbot.waitSignal(player.notice):
        card.stream.fill_until(card.now + 3.0)
    card.now += 0.5
    assert player.time_us == pytest.approx(played + 500_000, abs=FRAME_US)
    player.pause()
    card.now += 60
    player.play()
    assert len(card.streams) == 1 and player.device_name == SILENT_NAME


def test_plays_silently_until_the_proxy_is_there(qtbot):
    card = FakeCard()
    player = Player(backend=card, clock=card.clock)
    player.play()
    assert not player.playing  # nothing to play
    player.set_duration(3_750_000)
    player.play()
    card.now += 0.5
    assert player.time_us == pytest.approx(500_000, abs=2)
    player.set_proxy(ramp_proxy())
    assert player.playing
    card.pass_time(0.3)
    assert player.time_us == pytest.approx(heard_us(card), abs=300)
    assert player.time_us > 600_000
    player.close()
    assert card.stream.closed


def test_frame_steps_are_exact(make):
    player, _ = make()
    player.seek(1_010_000)
    player.step(1, 30.0)
    assert player.time_us == 1_033_333
    for _ in range(31):
        player.step(-1, 30.0)
    assert player.time_us == 0
    player.step(-1, 30.0)
    assert player.time_us == 0
    player.seek(player.duration_us)
    player.step(1, 30.0)
    assert player.time_us == round(112 / 30 * 1e6)


def test_time_is_announced_while_playing_and_at_seeks(make, qtbot):
    player, card = make()
    told = []
    player.timeChanged.connect(told.append)
    player.seek(1_000_000)
    player.seek(1_000_000)
    assert told == [1_000_000]
    player.play()
    card.pass_time(0.3)
    qtbot.waitUntil(lambda: len(told) > 1)
    assert told[-1] == player.time_us
