"""`MotionGenerator`: the two-branch masked transformer that predicts motion tokens from speech and timed prompts.

Text and audio branch have eight layers each; the output of text layer i is added to the output of audio layer i
(paper section 3.2.2). The text branch is trained first and frozen, then the audio branch. This module holds the
networks and one decoding of one window; windows over a whole recording are in `models.motion_pipeline`.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.constants import CODEBOOK_SIZE, FRAMES_PER_TOKEN
from core.speech import NUM_SPEECH_FEATURES
from models.audio_encoder import LOG_MEL
from models.checkpoint import CheckpointError, bundled_weights, load_weights, read_config, save_network
from models.parallel import ahead, cores_for_two
from models.place_features import NUM_RANGE_FEATURES

TEXT_GUIDANCE: Final = 3.0
"""Guidance scale of text at a segment's strength 1; trained weights obeyed prompts best with it."""

AUDIO_GUIDANCE: Final = 3.0
"""Guidance scale of the audio where no prompt rules."""

Variant = Literal["", "last_layer_fusion", "no_text_branch", "single_level"]
"""The whole method, and its ablations (paper section 4): text joins audio at the last layer only; there is no text
branch; the tokens come from a tokenizer without residual levels."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Size of the networks.

    Attributes:
        width: channels.
        layers: transformer layers of each branch.
        heads: attention heads.
        hidden: channels of the feed-forward part.
        codes: motion codes; one more embedding stands for [MASK].
        text_width: length of a sentence vector.
        window: longest sequence in tokens.
        text_encoder: name of the encoder that the text branch was trained with.
        audio_width: numbers a frame of what the audio branch hears.
        audio_encoder: name of the encoder that makes them.
        variant: ablation of the method, "" for the whole.
        text_guidance, audio_guidance: guidance scales that the weights have learned, see
            `models.training.train_guidance`; 1 where they have learned the conditions alone.
    """

    width: int = 256
    layers: int = 8
    heads: int = 4
    hidden: int = 1024
    codes: int = CODEBOOK_SIZE
    text_width: int = 384
    window: int = 50
    text_encoder: str = "all-MiniLM-L6-v2"
    audio_width: int = NUM_SPEECH_FEATURES
    audio_encoder: str = LOG_MEL
    variant: Variant = ""
    text_guidance: float = 1.0
    audio_guidance: float = 1.0


class RelativeBias(nn.Module):
    """Learned attention bias by distance, the same for all layers: windows may then start anywhere.

    Returns (heads, N, N).
    """

    def __init__(self, heads: int, reach: int = 64) -> None:
        super().__init__()
        self.reach = reach
        self.table = nn.Parameter(torch.zeros(heads, 2 * reach + 1))

    def forward(self, length: int) -> Tensor:
        """Bias between `length` positions."""
        place = torch.arange(length, device=self.table.device)
        distance = (place[None, :] - place[:, None]).clamp(-self.reach, self.reach) + self.reach
        return self.table[:, distance]


class Layer(nn.Module):
    """Pre-norm transformer layer, (B, N, C) to (B, N, C)."""

    def __init__(self, config: GeneratorConfig, dropout: float) -> None:
        super().__init__()
        self.heads = config.heads
        self.norm1 = nn.LayerNorm(config.width)
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.merge = nn.Linear(config.width, config.width)
        self.norm2 = nn.LayerNorm(config.width)
        self.enter = nn.Linear(config.width, config.hidden)
        self.leave = nn.Linear(config.hidden, config.width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """`bias` (B or 1, heads, N, N) is added to the attention logits; -inf hides a key."""
        batch, length, width = x.shape
        query, key, value = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        x = x + self.dropout(self.merge(mixed.transpose(1, 2).reshape(batch, length, width)))
        return x + self.dropout(self.leave(functional.gelu(self.enter(self.norm2(x)))))


class TextBranch(nn.Module):
    """Text-to-motion transformer: tokens and a sentence vector at every position to the features of each layer.

    Sentence vectors of one encoder lie close together ("left" and "right" differ by a fifth of their length), so they
    are standardised with the statistics of the captions, which are part of the weights.
    """

    text_mean: Tensor
    text_std: Tensor

    def __init__(self, config: GeneratorConfig, dropout: float = 0.1) -> None:
        super().__init__()
        self.tokens = nn.Embedding(config.codes + 1, config.width)
        self.text = nn.Sequential(
            nn.Linear(config.text_width, config.width), nn.GELU(), nn.Linear(config.width, config.width)
        )
        self.register_buffer("text_mean", torch.zeros(config.text_width))
        self.register_buffer("text_std", torch.ones(config.text_width))
        self.no_text = nn.Parameter(torch.zeros(config.width))
        self.place = nn.Linear(NUM_RANGE_FEATURES, config.width)
        self.bias = RelativeBias(config.heads)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.codes)

    def forward(
        self, tokens: Tensor, text: Tensor, place: Tensor, has_text: Tensor, hidden: Tensor
    ) -> tuple[Tensor, list[Tensor]]:
        """Logits (B, N, codes) and the output of each layer.

        Args:
            tokens: (B, N) codes, `codes` for [MASK].
            text: (B, N, text_width) sentence vector that rules each position.
            place: (B, N, 4) where each position is in its prompt.
            has_text: (B,) bool; without text both are replaced by a learned vector.
            hidden: (B, 1, 1, N) additive mask of padding.
        """
        outputs = list(self.outputs(tokens, text, place, has_text, hidden))
        return self.read(outputs[-1]), outputs

    def outputs(
        self, tokens: Tensor, text: Tensor, place: Tensor, has_text: Tensor, hidden: Tensor
    ) -> Iterator[Tensor]:
        """The output (B, N, C) of one layer after the other, from what `forward` takes."""
        wanted = self.text((text - self.text_mean) / self.text_std) + self.place(place)
        condition = torch.where(has_text[:, None, None], wanted, self.no_text)
        x = self.tokens(tokens) + condition
        bias = self.bias(tokens.shape[1])[None] + hidden
        for layer in self.layers:
            x = layer(x, bias)
            yield x

    def read(self, output: Tensor) -> Tensor:
        """Logits (B, N, codes) of the last layer's output (B, N, C)."""
        return self.head(self.norm(output))


class AudioBlock(nn.Module):
    """Temporal block of convolutions: what an audio encoder gives (B, 4 N, A) to one vector a token (B, N, C).

    Log-mel features have about one size already; those of networks are standardised with the statistics of the
    recordings, which then are part of the weights.
    """

    audio_mean: Tensor
    audio_std: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        width = config.width
        self.standardises = config.audio_encoder != LOG_MEL
        if self.standardises:
            self.register_buffer("audio_mean", torch.zeros(config.audio_width))
            self.register_buffer("audio_std", torch.ones(config.audio_width))
        self.conv1 = nn.Conv1d(config.audio_width, width, 5, padding=2)
        self.conv2 = nn.Conv1d(width, width, 5, padding=2)
        self.pool = nn.Conv1d(width, width, FRAMES_PER_TOKEN, FRAMES_PER_TOKEN)
        self.conv3 = nn.Conv1d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        if self.standardises:
            x = (x - self.audio_mean) / self.audio_std
        x = functional.gelu(self.conv1(x.transpose(1, 2)))
        x = x + functional.gelu(self.conv2(x))
        return self.conv3(functional.gelu(self.pool(x))).transpose(1, 2)


class AudioBranch(nn.Module):
    """Audio-to-motion transformer; the text branch's layer outputs are added to its own, layer by layer.

    In the variant `last_layer_fusion` only the last ones are.
    """

    def __init__(self, config: GeneratorConfig, dropout: float = 0.1) -> None:
        super().__init__()
        self.tokens = nn.Embedding(config.codes + 1, config.width)
        self.last_layer_only = config.variant == "last_layer_fusion"
        self.audio = AudioBlock(config)
        self.no_audio = nn.Parameter(torch.zeros(config.width))
        self.bias = RelativeBias(config.heads)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.codes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, tokens: Tensor, heard: Tensor, has_audio: Tensor, text_outputs: Iterable[Tensor], hidden: Tensor
    ) -> Tensor:
        """What the audio adds to the text branch's logits: (B, N, codes); zero before training.

        Args:
            tokens: (B, N).
            heard: (B, N, C) what the temporal block `audio` makes of the speech features.
            has_audio: (B,) bool.
            text_outputs: features (B, N, C) of each text layer, taken one layer at a time; none without a text branch.
            hidden: (B, 1, 1, N) additive mask of padding.
        """
        condition = torch.where(has_audio[:, None, None], heard, self.no_audio)
        x = self.tokens(tokens) + condition
        bias = self.bias(tokens.shape[1])[None] + hidden
        texts = iter(text_outputs)
        for number, layer in enumerate(self.layers):
            x = layer(x, bias)
            text = next(texts, None)
            if text is not None and (not self.last_layer_only or number == len(self.layers) - 1):
                x = x + text
        return self.head(self.norm(x))


@dataclass(frozen=True)
class Conditions:
    """What rules a window of N tokens.

    Attributes:
        text: (B, N, text_width) sentence vector of each position.
        place: (B, N, 4) where each position is in its prompt.
        strength: (B, N) guidance scale of the text at each position, 1 where speech rules; where a prompt rules a
            multiple of the guidance that the weights have learned.
        audio_strength: (B, N) guidance scale of the audio at each position, 1 where a prompt rules, else such a
            multiple.
        audio: (B, 4 N, A) what the audio encoder gives.
    """

    text: Tensor
    place: Tensor
    strength: Tensor
    audio_strength: Tensor
    audio: Tensor

    def outside_neutral(self, free: Tensor) -> "Conditions":
        """The same conditions without guidance where nothing is generated, which spares passes; `free` is (B, N)."""
        return replace(
            self,
            strength=torch.where(free, self.strength, 1.0),
            audio_strength=torch.where(free, self.audio_strength, 1.0),
        )


class MotionGenerator(nn.Module):
    """Both branches and iterative decoding.

    Attributes:
        config: size, encoders and variant.
        text_branch: None in the variant `no_text_branch`, which hears speech and knows no prompts.
        audio_branch: the primary branch.
    """

    text_branch: TextBranch | None

    def __init__(self, config: GeneratorConfig | None = None, dropout: float = 0.1) -> None:
        super().__init__()
        self.config = config or GeneratorConfig()
        if self.config.variant not in get_args(Variant):
            known = ", ".join(repr(name) for name in get_args(Variant))
            raise ValueError(f"there is no variant {self.config.variant!r} of the generator; there are {known}")
        self.text_branch = None if self.config.variant == "no_text_branch" else TextBranch(self.config, dropout)
        self.audio_branch = AudioBranch(self.config, dropout)
        self._bfloat16 = False
        self._two_at_once = False

    @classmethod
    def from_pretrained(cls, folder: Path | None = None) -> "MotionGenerator":
        """Load a weights folder, the bundled one by default, ready for inference.

        Raises:
            CheckpointError: missing, damaged or of another kind.
        """
        place = folder or bundled_weights("generator")
        network = read_config(place, "motion_generator")["network"]
        try:
            generator = cls(GeneratorConfig(**network))
        except (TypeError, ValueError) as error:
            raise CheckpointError(
                f"{place / 'config.json'} describes a generator that this version does not know ({error}); update the "
                "program or train the weights again"
            ) from None
        load_weights(place, generator)
        return generator.eval()

    def save_pretrained(self, folder: Path, extra: dict[str, Any]) -> None:
        """Write a weights folder; `extra` (training settings, figures) goes into its config."""
        config = {"kind": "motion_generator", "network": asdict(self.config), "variant": self.config.variant}
        save_network(folder, self, config | extra)

    def quicken(self) -> None:
        """Use the processor well from now on, for inference only.

        Where it has AMX products are in bfloat16, as in training, and their weights are converted for good. Elsewhere
        both branches compute at once if there is more than one core.
        """
        if not torch.cpu.get_capabilities().get("amx_bf16", False):
            self._two_at_once = torch.get_num_threads() > 1
            return
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv1d):
                module.to(torch.bfloat16)
        self._bfloat16 = True

    @property
    def mask_token(self) -> int:
        """Number of the [MASK] token."""
        return self.config.codes

    def logits(
        self, tokens: Tensor, conditions: Conditions, has_text: Tensor, has_audio: Tensor, valid: Tensor | None = None
    ) -> Tensor:
        """Logits (B, N, codes) of both branches together; `valid` (B, N) bool hides padding."""
        if valid is None:
            hidden = torch.zeros(tokens.shape[0], 1, 1, tokens.shape[1], device=tokens.device)
        else:
            hidden = torch.where(valid, 0.0, -1e4)[:, None, None, :]
        if self.text_branch is None:
            heard = self.audio_branch.audio(conditions.audio)
            return self.audio_branch(tokens, heard, has_audio, [], hidden)
        own, outputs = self.text_branch(tokens, conditions.text, conditions.place, has_text, hidden)
        if not bool(has_audio.any()) and not self.audio_branch.training:
            return own
        heard = self.audio_branch.audio(conditions.audio)
        return own + self.audio_branch(tokens, heard, has_audio, outputs, hidden)

    def guided_logits(self, tokens: Tensor, conditions: Conditions, heard: Tensor | None = None) -> Tensor:
        """Classifier-free guidance for text and for audio, position by position: (B, N, codes).

        With T and A for what text branch and audio branch add to the logits, and T0, A0 for the same without text and
        without audio: T + A + (strength - 1) (T - T0) + (audio strength - 1) (A - A0). The text is guided in its own
        branch, so neither branch runs more than twice, and at strength 1 once. Strengths are multiples of the guidance
        that the weights have learned: A3 = A + 2 (A - A0) gives A3 + (s / 3 - 1) (A3 - A0) = A + (s - 1) (A - A0).

        Args:
            tokens: (B, N) codes, `mask_token` where nothing is decided.
            conditions: B rows.
            heard: (B, N, C) of `audio_branch.audio`, for callers that ask many times; made here if not given.
        """
        batch, length = tokens.shape
        yes = torch.ones(batch, dtype=torch.bool, device=tokens.device)
        hidden = torch.zeros(1, 1, 1, length, device=tokens.device)
        if heard is None:
            heard = self.audio_branch.audio(conditions.audio)
        by_text, by_audio = bool((conditions.strength != 1).any()), bool((conditions.audio_strength != 1).any())
        texts, sounds = (2 if by_text else 1), (2 if by_audio else 1)
        outputs = self._text_outputs(tokens, conditions, texts, hidden)
        told: list[Tensor] = []

        def passed_on() -> Iterator[Tensor]:
            for output in outputs:
                told.append(output)
                yield output[:batch].repeat(sounds, 1, 1)

        by_ear = self.audio_branch(
            tokens.repeat(sounds, 1), heard.repeat(sounds, 1, 1), torch.cat([yes, ~yes][:sounds]), passed_on(), hidden
        ).float()
        result = torch.zeros((), device=tokens.device)
        if self.text_branch is not None:
            read = self.text_branch.read(told[-1]).float()
            result = read[:batch]
            if by_text:
                result = result + (conditions.strength - 1)[..., None] * (result - read[batch:])
        result = result + by_ear[:batch]
        if by_audio:
            result = result + (conditions.audio_strength - 1)[..., None] * (by_ear[:batch] - by_ear[batch:])
        return result

    def _text_outputs(self, tokens: Tensor, conditions: Conditions, times: int, hidden: Tensor) -> Iterator[Tensor]:
        """What the text branch makes of each row with its text and, if `times` is 2, then without; none without one."""
        if self.text_branch is None:
            return iter(())
        has_text = torch.arange(times, device=tokens.device).repeat_interleave(len(tokens)) == 0
        outputs = self.text_branch.outputs(
            tokens.repeat(times, 1),
            conditions.text.repeat(times, 1, 1),
            conditions.place.repeat(times, 1, 1),
            has_text,
            hidden,
        )
        return ahead(outputs, torch.inference_mode) if self._two_at_once else outputs

    @torch.inference_mode()
    def fill(
        self,
        tokens: Tensor,
        free: Tensor,
        conditions: Conditions,
        random: Sequence[torch.Generator],
        *,
        steps: int = 10,
        top: float = 0.1,
        temperature: float = 1.0,
        wander: float = 0.0,
    ) -> Tensor:
        """Iterative confidence decoding of the free positions; the others are context and stay as they are.

        Each pass decides about as many positions. The usual cosine schedule decides few in the first passes and most in
        the last ones, and needs nearly twice the passes for the same motion (docs/models.md).

        Args:
            tokens: (B, N) int64; the values of free positions do not matter.
            free: (B, N) bool, positions to generate.
            conditions: text and audio of the window, B rows.
            random: source of chance of each row, on the CPU wherever the networks are; the same states give the same
                draws.
            steps: passes.
            top: share of the most likely codes that sampling chooses from.
            temperature: of the sampling.
            wander: how much chance decides which positions are kept early: 0 keeps the surest, which makes a speaker
                stand idle, since idle tokens are the surest; the noise fades out over the passes.

        Returns:
            (B, N) int64.
        """
        result = torch.where(free, self.mask_token, tokens)
        if not bool(free.any()):
            return result
        totals = free.sum(1, keepdim=True)
        scores = torch.where(free, -torch.inf, torch.inf)
        keep = max(1, math.ceil(top * self.config.codes))
        with self._products():
            heard = self.audio_branch.audio(conditions.audio)
        with cores_for_two() if self._two_at_once else nullcontext():
            for step in range(steps):
                counts = ((1 - step / steps) * totals).round().clamp_min(1)
                masked = (scores.argsort(dim=1, stable=True).argsort(dim=1) < counts) & free
                result = torch.where(masked, self.mask_token, result)
                with self._products():
                    logits = self.guided_logits(result, conditions, heard)
                values, indices = (logits / temperature).topk(keep, dim=-1)
                chances = values.softmax(-1)
                rows = zip(chances.cpu(), random, strict=True)
                picks = torch.stack([torch.multinomial(row, 1, generator=chance) for row, chance in rows])
                sampled = indices.gather(2, picks.to(indices.device))
                confidence = logits.log_softmax(-1).gather(2, sampled)[..., 0]
                if wander > 0:
                    drawn = torch.stack([torch.rand(confidence.shape[1], generator=chance) for chance in random])
                    noise = -torch.log(-torch.log(drawn.clamp(1e-9, 1 - 1e-9)))
                    confidence = confidence + wander * (1 - step / steps) * noise.to(confidence.device)
                result = torch.where(masked, sampled[..., 0], result)
                scores = torch.where(masked, confidence, torch.where(free, 1e5, scores))
        return result

    def _products(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self._bfloat16)
