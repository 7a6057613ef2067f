"""The doubles on a real socket, and somebody who listens."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from listening import Listener, settings_for

from asha.doubles.vendors import Vendors, serving


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with serving() as running:
        yield running


@pytest.fixture
async def listener(vendors: Vendors, tmp_path: Path) -> AsyncIterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def make(**settings: Any) -> Listener:
        made.append(Listener(settings_for(vendors, tmp_path, **settings)))
        return made[-1]

    yield make
    for each in made:
        await each.close()
