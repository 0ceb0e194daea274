"""Looks before a render whether its backend can work here, and what the render will take. Renders nothing."""

from collections.abc import Callable

from app.failures import sentence_of
from app.model_source import ModelSource
from app.rendering import RenderInputs, VideoRequest, missing_job
from core.forecast import RenderForecast
from models.renderers.base import BackendLacks


def forecast(request: VideoRequest, models: ModelSource, inputs: Callable[[], RenderInputs | None]) -> RenderForecast:
    """Return how a render would go; what is missing is in it, and is no error.

    Args:
        request: what would be rendered.
        models: gives the renderer.
        inputs: gives what the video is made of, None while the poses are not there.
    """
    backend = request.backend
    try:
        models.renderer(backend, request.options).require()
        made = inputs()
        if made is None:
            return RenderForecast(backend)
        job = missing_job(request, made)
        if job is None:
            return RenderForecast(backend, frames=0, seconds=0.0)
        estimate = made.renderer.estimate(job)
    except BackendLacks as error:
        return RenderForecast(
            backend,
            error.lack,
            sentence_of(error),
            weights=_missing_weights(backend) if error.lack == "weights" else (),
            memory=error.needed,
            free=error.free,
        )
    except (ValueError, OSError) as error:
        return RenderForecast(backend, "other", sentence_of(error))
    return RenderForecast(
        backend,
        frames=job.end_frame - job.start_frame,
        seconds=estimate.seconds,
        memory=estimate.memory,
        free=estimate.free,
        device=estimate.device,
    )


def _missing_weights(backend: str) -> tuple[tuple[str, str], ...]:
    from models.weights import missing_for

    return tuple((entry.name, entry.title) for entry in missing_for(backend))
