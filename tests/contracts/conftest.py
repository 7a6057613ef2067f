"""The doubles on a real socket, for every contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from listening import settings_for

from asha.core.settings import Settings
from asha.doubles.vendors import Vendors, serving


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with serving() as running:
        yield running


@pytest.fixture
def settings(vendors: Vendors, tmp_path: Path) -> Settings:
    return settings_for(vendors, tmp_path, speech_url=vendors.url + "/v1", speech_api_key="unset")
