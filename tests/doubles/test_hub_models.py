"""A checkpoint goes to the double of the hub by the hub's own client, and comes back."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import constants

from asha.core.errors import BadInput
from asha.doubles.hub_models import TOKEN, HubModels, serving_hub
from asha.model import AudioLLM
from asha.training.publish import merge, push

# The hub's client hands a file to its HTTP library in a way that the library has begun to frown at.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

CHECKPOINT = Path(__file__).parents[1] / "vectors" / "ultravox" / "checkpoint"


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[HubModels]:
    async with serving_hub() as served:
        monkeypatch.setattr(constants, "ENDPOINT", served.url)
        address = served.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield served


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference checkpoint with both towers in it, and a card."""
    folder = tmp_path_factory.mktemp("whole") / "checkpoint"
    merge(str(CHECKPOINT), folder, is_whole=True)
    (folder / "README.md").write_text("---\ntags:\n- asha\n---\n# A card\n", encoding="utf-8")
    return folder


async def test_what_was_pushed_can_be_loaded_by_its_id(hub: HubModels, whole: Path) -> None:
    where = await asyncio.to_thread(push, str(whole), "me/asha-toy", is_private=True)
    assert where.startswith(f"{hub.url}/me/asha-toy/commit/")
    repository = hub.repositories["me/asha-toy"]
    assert repository.is_private
    assert {"README.md", "config.json", "model.safetensors"} < set(repository.files)
    model = await asyncio.to_thread(AudioLLM.from_pretrained, "me/asha-toy")
    ours = AudioLLM.from_pretrained(whole).state_dict()
    assert all(torch.equal(it, ours[name]) for name, it in model.state_dict().items())
    assert np.isfinite(model.multi_modal_projector.linear_1.weight.detach().numpy()).all()


async def test_a_refusal_of_the_hub_says_what_to_check(
    hub: HubModels, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_of-somebody-else")
    with pytest.raises(BadInput, match=r"The hub does not take 'me/asha-toy'.*hf auth login"):
        await asyncio.to_thread(push, str(whole), "me/asha-toy", is_private=False)
    assert not hub.repositories


def test_what_nobody_else_could_load_is_not_pushed(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"asha weights merge .* --whole"):
        push(str(CHECKPOINT), "me/toy", is_private=False)
    bare = shutil.copytree(whole, tmp_path / "bare")
    (bare / "README.md").unlink()
    with pytest.raises(BadInput, match=r"has no README.md; write what it is"):
        push(str(bare), "me/toy", is_private=False)
