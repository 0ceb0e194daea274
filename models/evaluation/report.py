"""The table of an evaluation: figures as rows, systems as columns; as text, and as plain data for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from models.evaluation.metrics import Score
from models.evaluation.prompts import PromptFigures

Better = Literal["higher", "lower", "as real", ""]


@dataclass(frozen=True)
class Row:
    """A figure of the table.

    Attributes:
        key: in the scores of a column.
        title: for people, with the unit.
        digits: behind the point.
        better: which way is better.
    """

    key: str
    title: str
    digits: int
    better: Better


ROWS: Final = (
    Row("r_precision_1", "R-Precision top 1", 3, "higher"),
    Row("r_precision_2", "R-Precision top 2", 3, "higher"),
    Row("r_precision_3", "R-Precision top 3", 3, "higher"),
    Row("mm_dist", "MM-Dist", 3, "lower"),
    Row("fid", "FID (other clips)", 3, "lower"),
    Row("diversity", "Diversity", 3, "as real"),
    Row("multimodality", "MultiModality", 3, "higher"),
    Row("nearest", "nearest training clip, mm", 1, ""),
    Row("nearest_ratio", "the same over real", 2, "higher"),
    Row("text_foot_skate", "text: foot skate, mm/s", 1, "lower"),
    Row("text_jerk", "text: jerk, m/s3", 1, "as real"),
    Row("text_floor_penetration", "text: below the floor, mm", 1, "lower"),
    Row("speech_foot_skate", "speech: foot skate, mm/s", 1, "lower"),
    Row("speech_jerk", "speech: jerk, m/s3", 1, ""),
    Row("speech_floor_penetration", "speech: below the floor, mm", 1, "lower"),
    Row("beat_alignment", "beats on accents, right audio", 3, "higher"),
    Row("beat_alignment_shuffled", "beats on accents, other audio", 3, ""),
    Row("beat_margin", "margin", 3, "higher"),
    Row("gesture_diversity", "gesture diversity, mm", 0, "higher"),
    Row("prompts_obeyed", "unseen prompts obeyed, mean", 3, "higher"),
    Row("prompts_worst", "unseen prompts obeyed, worst", 3, "higher"),
    Row("right_side", "correct hand or direction", 3, "higher"),
)
"""All figures in the order of the table."""


@dataclass
class Column:
    """What was found of a system.

    Attributes:
        name: the system.
        scores: by the keys of `ROWS`; what does not apply is missing.
        note: what a reader must know, such as why there are no figures.
        prompts: how each paraphrase fared.
    """

    name: str
    scores: dict[str, Score] = field(default_factory=dict)
    note: str = ""
    prompts: tuple[PromptFigures, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole evaluation.

    Attributes:
        columns: the systems, real motion first.
        settings: what was measured on.
    """

    columns: tuple[Column, ...]
    settings: Mapping[str, Any]

    def data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "settings": dict(self.settings),
            "systems": [
                {
                    "name": column.name,
                    "note": column.note,
                    "figures": {key: asdict(score) for key, score in column.scores.items()},
                    "prompts": [asdict(figures) for figures in column.prompts],
                }
                for column in self.columns
            ],
        }

    def text(self) -> str:
        """The table for a terminal, with notes below it."""
        rows = [row for row in ROWS if any(row.key in column.scores for column in self.columns)]
        marks = {"higher": " (+)", "lower": " (-)", "as real": " (=)", "": ""}
        titles = [f"{row.title}{marks[row.better]}" for row in rows]
        cells = [[_cell(column.scores.get(row.key), row.digits) for row in rows] for column in self.columns]
        names = [column.name for column in self.columns]
        lines = [_line(["", *titles], names, cells, row) for row in range(-1, len(rows))]
        notes = [f"{column.name}: {column.note}" for column in self.columns if column.note]
        legend = "(+) higher is better, (-) lower, (=) as near to real as can be; +- is the 95 % confidence interval."
        return "\n".join([*lines, "", legend, *notes, *self._prompt_lines()])

    def _prompt_lines(self) -> list[str]:
        lines = []
        for column in self.columns:
            weak = sorted((f for f in column.prompts if f.obeyed < f.seeds), key=lambda f: f.obeyed / f.seeds)
            if weak:
                lines += ["", f"{column.name}: prompts that were not always obeyed"]
                lines += [f"  {f.obeyed:2d} of {f.seeds}  {f.text}  ({f.reason})" for f in weak]
        return lines


def _cell(score: Score | None, digits: int) -> str:
    if score is None:
        return "-"
    width = f" +- {score.half_width:.{digits}f}" if score.half_width > 0 else ""
    return f"{score.mean:.{digits}f}{width}"


def _line(titles: Sequence[str], names: Sequence[str], cells: Sequence[Sequence[str]], row: int) -> str:
    first = max(map(len, titles))
    parts = [f"{titles[row + 1]:<{first}}"]
    for name, column in zip(names, cells, strict=True):
        width = max(len(name), *(len(cell) for cell in column), 1)
        parts.append(f"{name if row < 0 else column[row]:>{width}}")
    return "  ".join(parts).rstrip()
