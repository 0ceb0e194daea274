"""The base of all that a project stores."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class FrozenModel(BaseModel):
    """Frozen, and keeps fields it does not know: data of another tool survive loading and saving."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with changes, all rules checked; unchanged parts are shared.

        Raises:
            pydantic.ValidationError: a changed field breaks its own limits or a rule of the whole.
        """
        return self.model_validate({**dict(self), **(self.__pydantic_extra__ or {}), **changes})
