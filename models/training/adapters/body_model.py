"""Joint positions of SMPL-H and SMPL-X parameters, from the body model file that the user has.

The model files may not be passed on, and the smplx package may not be used commercially; the few lines of forward
kinematics that joints need (SMPL paper, equations 2 and 10) are written here, and a test compares them with that
package. Pose blend shapes move the skin, not the joints, so they are not needed.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.body_fit import forward_kinematics
from core.constants import NUM_JOINTS
from core.rotations import axis_angle_to_quaternion
from core.skeleton import PARENTS
from models.training.adapters.common import UNREADABLE, AdapterError

Array = NDArray[np.float64]

_GENDERS: Final = ("neutral", "male", "female")

_HELP: Final = (
    "register at the web site of SMPL-X (or of SMPL-H for older AMASS files), download the body model as .npz and name "
    "its folder with --body-models"
)


@dataclass(frozen=True, eq=False)
class BodyModel:
    """What joints need of a body model.

    Attributes:
        rest: (22, 3) metres, joints of the mean shape.
        shapes: (22, 3, B) how they move with each shape coefficient.
    """

    rest: Array
    shapes: Array

    def joints(self, pose: ArrayLike, translation: ArrayLike, betas: ArrayLike) -> Array:
        """Joints (T, 22, 3) in metres in the frame of the parameters.

        Args:
            pose: (T, 66 or more) axis angles: global orientation, then 21 body joints; the rest is not used.
            translation: (T, 3).
            betas: shape coefficients, as many as there are; more than the model knows are left out.
        """
        angles = np.asarray(pose, dtype=np.float64)[:, : 3 * NUM_JOINTS].reshape(len(np.asarray(pose)), NUM_JOINTS, 3)
        coefficients = np.asarray(betas, dtype=np.float64).reshape(-1)[: self.shapes.shape[2]]
        rest = self.rest + self.shapes[:, :, : len(coefficients)] @ coefficients
        offsets = rest - rest[[max(parent, 0) for parent in PARENTS]]
        # The global orientation turns about the pelvis, which stays at its rest place until the translation is added.
        roots = np.asarray(translation, dtype=np.float64) + rest[0]
        return forward_kinematics(roots, axis_angle_to_quaternion(angles), offsets)


def load_body_model(place: Path | None, kind: str, gender: str) -> BodyModel:
    """Read a body model file.

    Args:
        place: folder with the files as they are published, or one file; None if the user gave none.
        kind: "smplx" or "smplh".
        gender: "neutral", "male" or "female"; another file of the kind serves where this one is missing.

    Raises:
        AdapterError: no file, or one that is no such model.
    """
    if place is None:
        raise AdapterError(f"these data are parameters of a body model ({kind}), whose file is not there: {_HELP}")
    path = _find(place, kind, gender)
    if not zipfile.is_zipfile(path):
        raise AdapterError(f"{path} is no .npz file; download the .npz of the body model again")
    try:
        with np.load(path, allow_pickle=False) as data:
            template = np.asarray(data["v_template"], dtype=np.float64)
            regressor = np.asarray(data["J_regressor"], dtype=np.float64)[:NUM_JOINTS]
            directions = np.asarray(data["shapedirs"], dtype=np.float64)
            parents = np.asarray(data["kintree_table"])[0].astype(np.int64)[:NUM_JOINTS]
    except (*UNREADABLE, KeyError, IndexError) as error:
        raise AdapterError(f"{path} cannot be read as a body model ({error}); download the .npz again") from None
    if template.ndim != 2 or directions.ndim != 3 or directions.shape[:2] != template.shape:
        raise AdapterError(f"{path} has vertices and shapes that do not fit each other; download the .npz again")
    if regressor.shape != (NUM_JOINTS, len(template)) or tuple(parents[1:]) != PARENTS[1:]:
        raise AdapterError(f"{path} has another skeleton than {kind}")
    # 300 shape and 100 expression columns in newer SMPL-X files, 10 and 10 in older ones.
    shapes = 300 if directions.shape[2] == 400 else 10 if kind == "smplx" else directions.shape[2]
    return BodyModel(regressor @ template, np.einsum("jv,vcb->jcb", regressor, directions[:, :, :shapes]))


def _find(place: Path, kind: str, gender: str) -> Path:
    if place.is_file():
        return place
    order = [gender, *(other for other in _GENDERS if other != gender)]
    for name in order:
        for file in (f"{kind.upper()}_{name.upper()}.npz", f"{name}/model.npz"):
            for folder in (place, place / kind, place / "models" / kind):
                if (folder / file).is_file():
                    return folder / file
    raise AdapterError(f"{place} holds no body model of the kind {kind} (such as SMPLX_NEUTRAL.npz): {_HELP}")


def y_up(joints: ArrayLike) -> Array:
    """Joints of data with Z up (x, y, z) to ours (-x, z, y), as HumanML3D does with AMASS: (T, 22, 3)."""
    array = np.asarray(joints, dtype=np.float64)
    return np.stack([-array[..., 0], array[..., 2], array[..., 1]], axis=-1)
