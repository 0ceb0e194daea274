"""What is left of motion after encoding and decoding: errors on held-out clips, and rare actions that survive.

The command is `versa evaluate tokenizer`. Cases are told apart: `base` decodes the first level alone, which is what the
generator predicts, `all` every residual level too; `searched` codes are those that `models.code_search` finds, the
others the encoder's.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken, ProgressCallback
from core.constants import FRAMES_PER_TOKEN
from core.features import CONTACTS, recover_joints
from core.skeleton import LEFT_WRIST, RIGHT_WRIST
from models.predicates import PREDICATES
from models.tokenizer import MotionTokenizer
from models.training.captions import action_of
from models.training.dataset import ClipInfo, FeatureTable
from models.training.held_out import without_near_copies
from models.training.loop import Meter

RARE: Final = {
    "kick": "kick", "bow": "bow", "walk_back": "walk_backward", "punch": "punch", "jump": "jump", "me": "hand_on_chest",
    "shrug": "shrug",
}  # fmt: skip
"""Actions of few clips, each with the predicate that tells whether it is still there."""


@dataclass(frozen=True)
class Errors:
    """Errors of a group of clips.

    Attributes:
        clips: how many.
        joints_mm: mean distance of joints, both skeletons moved to one root.
        wrists_mm: the same of the wrists.
        contacts: share of foot contacts on which both agree, up to 1.
    """

    clips: int
    joints_mm: float
    wrists_mm: float
    contacts: float


@dataclass(frozen=True)
class TokenizerReport:
    """Figures of a tokenizer; the keys of the inner dictionaries are cases.

    Attributes:
        sources: errors on held-out clips by capture set.
        contents: errors on held-out clips by content.
        survival: of each rare action, its clips in which the predicate holds, and the share of them in which it still
            does after decoding.
        codes_used: codes of the first level in the held-out clips, as encoded.
        perplexity: of the first level there.
    """

    sources: dict[str, dict[str, Errors]]
    contents: dict[str, dict[str, Errors]]
    survival: dict[str, dict[str, float]]
    codes_used: int
    perplexity: float

    def data(self) -> dict[str, Any]:
        """Everything as plain values for JSON."""
        errors = {
            name: {key: {case: vars(value) for case, value in cases.items()} for key, cases in group.items()}
            for name, group in (("sources", self.sources), ("contents", self.contents))
        }
        used = {"codes_used": self.codes_used, "perplexity": round(self.perplexity, 1)}
        return errors | {"survival": self.survival} | used

    def text(self) -> str:
        """Two tables for people, as Markdown."""
        lines = [
            f"codes used {self.codes_used}, perplexity {self.perplexity:.0f}",
            "",
            "| held-out clips | case | clips | joints mm | wrists mm | contacts |",
            "|---|---|---|---|---|---|",
        ]
        for key, cases in (*self.sources.items(), *self.contents.items()):
            lines += [
                f"| {key} | {case} | {e.clips} | {e.joints_mm:.1f} | {e.wrists_mm:.1f} | {e.contacts:.3f} |"
                for case, e in cases.items()
            ]
        lines += ["", "| rare action | clips | survives |", "|---|---|---|"]
        for action, shares in self.survival.items():
            kept = ", ".join(f"{case} {100 * share:.0f} %" for case, share in shares.items() if case != "clips")
            lines.append(f"| {action} | {shares['clips']:.0f} | {kept} |")
        return "\n".join(lines)


def evaluate_tokenizer(
    tokenizer: MotionTokenizer,
    table: FeatureTable,
    progress: ProgressCallback,
    cancel: CancelToken,
    *,
    search: bool = True,
) -> TokenizerReport:
    """Encode and decode captures.

    Args:
        tokenizer: to judge.
        table: all captures; errors are those of held-out clips without near copies in the training part, rare actions
            are looked for in every clip.
        progress: told after each clip.
        cancel: looked at before each clip.
        search: judge searched codes, too, which takes about as long as the motion lasts.

    Raises:
        Cancelled: stopped.
    """
    held = without_near_copies(table, table.subset(held_out=True))
    rare = [clip for clip in table.clips if action_of(clip.content, clip.mirrored).key in RARE]
    meter = Meter("encoding and decoding", 0, len(held) + len(rare), progress)
    used = np.zeros(tokenizer.config.codes)
    found: dict[tuple[str, str], dict[str, list[_Decoded]]] = defaultdict(lambda: defaultdict(list))
    for number, clip in enumerate(held):
        cancel.check()
        cases_of_clip = _cases(tokenizer, table.rows(clip), search)
        used += np.bincount(cases_of_clip["base"][:, 0], minlength=len(used))
        for case, chosen in cases_of_clip.items():
            decoded = _Decoded.of(tokenizer, table.rows(clip), chosen)
            found["sources", clip.source][case].append(decoded)
            found["contents", clip.content][case].append(decoded)
        meter.step(number + 1)
    survival = _survival(tokenizer, table, rare, meter, len(held), cancel, search)
    share = used[used > 0] / max(used.sum(), 1.0)
    groups: dict[str, dict[str, dict[str, Errors]]] = {"sources": {}, "contents": {}}
    for (group, key), cases in sorted(found.items()):
        groups[group][key] = {case: _errors(parts) for case, parts in cases.items()}
    perplexity = float(np.exp(-(share * np.log(share)).sum()))
    return TokenizerReport(groups["sources"], groups["contents"], survival, int((used > 0).sum()), perplexity)


@dataclass(frozen=True)
class _Decoded:
    distance: NDArray[np.float64]  # (T, 22) millimetres
    agree: NDArray[np.bool_]  # (T, 4)

    @classmethod
    def of(cls, tokenizer: MotionTokenizer, features: NDArray[np.float32], codes: NDArray[np.int64]) -> "_Decoded":
        made = tokenizer.decode(codes)
        real = features[: len(made)]
        apart = _around_root(real) - _around_root(made)
        agree = (real[:, CONTACTS] > 0.5) == (made[:, CONTACTS] > 0.5)
        return cls(1000 * np.linalg.norm(apart, axis=-1), agree)


def _around_root(features: NDArray[np.float32]) -> NDArray[np.float64]:
    joints = recover_joints(features)
    return joints - joints[:, :1]


def _cases(tokenizer: MotionTokenizer, features: NDArray[np.float32], search: bool) -> dict[str, NDArray[np.int64]]:
    """Codes of a clip in each case."""
    encoded = {"": tokenizer.encode_levels(features)}
    if search:
        encoded[" searched"] = tokenizer.encode_levels(features, search=True)
    cases = {"base" + how: codes[:, :1] for how, codes in encoded.items()}
    return cases | {"all" + how: codes for how, codes in encoded.items() if codes.shape[1] > 1}


def _errors(parts: Sequence[_Decoded]) -> Errors:
    distance = np.concatenate([part.distance for part in parts])
    agree = np.concatenate([part.agree for part in parts])
    wrists = distance[:, [LEFT_WRIST, RIGHT_WRIST]]
    figures = (float(distance.mean()), float(wrists.mean()), float(agree.mean()))
    return Errors(len(parts), round(figures[0], 2), round(figures[1], 2), round(figures[2], 4))


def _survival(
    tokenizer: MotionTokenizer,
    table: FeatureTable,
    clips: Sequence[ClipInfo],
    meter: Meter,
    done: int,
    cancel: CancelToken,
    search: bool,
) -> dict[str, dict[str, float]]:
    kept: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for number, clip in enumerate(clips):
        cancel.check()
        action = action_of(clip.content, clip.mirrored).key
        judge = PREDICATES[RARE[action]]
        features = table.rows(clip)
        if judge(recover_joints(features[: len(features) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN])).ok:
            for case, chosen in _cases(tokenizer, features, search).items():
                kept[action][case].append(judge(recover_joints(tokenizer.decode(chosen))).ok)
        meter.step(done + number + 1)
    return {
        action: {"clips": float(len(cases["base"]))}
        | {case: round(float(np.mean(results)), 4) for case, results in cases.items()}
        for action, cases in sorted(kept.items())
    }
