"""Is it alive, is it ready, how fast is it."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

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
    """p50, p95 and p99 of the five clocks over the latest turns, in ms, and of a turn's cost in
    USD; the share of fillers.
    """
    figures = desk.telemetry
    share = figures.num_fillers / figures.num_turns if figures.num_turns else 0.0
    return {
        "clocks_ms": figures.percentiles(),
        "num_turns": figures.num_turns,
        "filler_share": round(share, 4),
        "turn_usd": figures.costs_usd(),
    }


class Costs(BaseModel):
    """What vendors were paid, in USD; budgets are what may be spent before free parts go on."""

    day_usd: float = Field(description="by all sessions since midnight UTC")
    day_budget_usd: float | None
    session_budget_usd: float | None
    by_provider: dict[str, float] = Field(description="in answered turns since the service started")


@router.get("/v1/costs")
async def costs(desk: Desk) -> Costs:
    """What has been spent."""
    ledger = desk.sessions.services.ledger
    return Costs(
        day_usd=round(await ledger.spent_today(), 6),
        day_budget_usd=ledger.day_budget_usd,
        session_budget_usd=ledger.session_budget_usd,
        by_provider={name: round(usd, 6) for name, usd in desk.telemetry.usd_by_provider.items()},
    )
