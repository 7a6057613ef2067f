"""Is it alive, is it ready, how fast is it."""

from typing import Any

from fastapi import APIRouter, Response

from asha.server.desk import Desk

router = APIRouter(tags=["operations"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready")
async def ready(desk: Desk) -> dict[str, Any]:
    """The database answers; who listens, thinks and speaks."""
    await desk.memory.find("session", owner="health")
    return {"status": "ok", **desk.parts.names, "notice": desk.parts.notice}


@router.get("/metrics", response_class=Response)
async def metrics(desk: Desk) -> Response:
    """For Prometheus."""
    body = desk.telemetry.exposition(num_sessions=len(desk.sessions))
    return Response(body, media_type="text/plain; version=0.0.4")


@router.get("/v1/clocks")
async def clocks(desk: Desk) -> dict[str, Any]:
    """p50, p95 and p99 of the five clocks over the latest turns, in ms; the share of fillers."""
    figures = desk.telemetry
    share = figures.num_fillers / figures.num_turns if figures.num_turns else 0.0
    return {
        "clocks_ms": figures.percentiles(),
        "num_turns": figures.num_turns,
        "filler_share": round(share, 4),
    }
