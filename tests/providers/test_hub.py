"""Bringing open weights from a hub on a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from asha.core.errors import BadInput, NotFound, ProviderBusy
from asha.doubles.faults import Fault
from asha.doubles.vendors import KEY, Vendors
from asha.providers.hub import BadDownload, Hub
from asha.providers.open_weights import (
    bring,
    damaged,
    folder_of,
    hub_id_of,
    known,
    present,
    refusal,
    remove,
)

ID = "owner/tiny-model"
LARGE = bytes(range(256)) * 40  # 10,240 bytes
FILES = {
    "config.json": b'{"a": 1}',
    "empty.txt": b"",
    "model.safetensors": LARGE,
    "pytorch_model.bin": LARGE,
    "nested/tokenizer.json": b"{}" * 2_000,
    ".gitattributes": b"x",
    "picture.png": b"x",
}
WANTED = {"config.json", "empty.txt", "model.safetensors", "nested/tokenizer.json"}


def unseen(*_: object) -> None:
    """Nobody watches."""


@pytest.fixture
async def hub(vendors: Vendors) -> AsyncIterator[Hub]:
    vendors.repositories[ID] = dict(FILES)
    made = Hub(vendors.url, None, pause_s=0.0)
    yield made
    await made.close()


async def test_weight_and_licence_are_known_before_anything_is_fetched(
    vendors: Vendors, hub: Hub
) -> None:
    found = await hub.repository(ID)
    assert {file.path for file in found.files} == WANTED
    assert found.num_bytes == sum(len(FILES[path]) for path in WANTED)
    assert found.license == "mit" and not found.is_gated
    assert not vendors.hub.asked


async def test_every_file_comes_checked_and_only_once(
    vendors: Vendors, hub: Hub, tmp_path: Path
) -> None:
    steps: list[tuple[str, int, int]] = []
    repository = await hub.repository(ID)
    folder = await bring(hub, repository, tmp_path, lambda *step: steps.append(step))
    for path in WANTED:
        assert (folder / path).read_bytes() == FILES[path]
    assert ("model.safetensors", len(LARGE), len(LARGE)) in steps
    assert [it.hub_id for it in present(tmp_path)] == [ID]
    asked = len(vendors.hub.asked)
    await bring(hub, repository, tmp_path, unseen)
    assert len(vendors.hub.asked) == asked


async def test_a_broken_line_goes_on_where_it_broke(
    vendors: Vendors, hub: Hub, tmp_path: Path
) -> None:
    vendors.repositories[ID] = {"model.safetensors": LARGE}
    vendors.hub.faults.extend([Fault("cut", after=3), Fault("cut", after=2), None])
    folder = await bring(hub, await hub.repository(ID), tmp_path, unseen)
    assert (folder / "model.safetensors").read_bytes() == LARGE
    first, *later = vendors.hub.asked
    assert first == "" and len(later) == 2
    starts = [int(wanted.removeprefix("bytes=").removesuffix("-")) for wanted in later]
    assert 0 < starts[0] < starts[1] < len(LARGE)


async def test_a_stopped_download_goes_on_another_day(
    vendors: Vendors, hub: Hub, tmp_path: Path
) -> None:
    vendors.repositories[ID] = {"model.safetensors": LARGE}
    part = folder_of(tmp_path, ID) / "model.safetensors.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(LARGE[:4_000])
    assert present(tmp_path) == []
    folder = await bring(hub, await hub.repository(ID), tmp_path, unseen)
    assert vendors.hub.asked == ["bytes=4000-"]
    assert (folder / "model.safetensors").read_bytes() == LARGE and not part.exists()


@pytest.mark.parametrize("path", ["model.safetensors", "config.json"])
async def test_what_is_not_what_was_promised_is_deleted(
    vendors: Vendors, hub: Hub, tmp_path: Path, path: str
) -> None:
    vendors.repositories[ID] = {path: FILES[path]}
    vendors.hub.faults.append(Fault("garble"))
    repository = await hub.repository(ID)
    with pytest.raises(BadDownload, match="did not arrive"):
        await bring(hub, repository, tmp_path, unseen)
    assert not list(folder_of(tmp_path, ID).iterdir()) and present(tmp_path) == []
    await bring(hub, repository, tmp_path, unseen)
    assert len(present(tmp_path)) == 1


async def test_a_hub_that_stays_broken_is_told(vendors: Vendors, hub: Hub, tmp_path: Path) -> None:
    vendors.hub.always = Fault("status", status=503)
    with pytest.raises(ProviderBusy, match="check the network"):
        await bring(hub, await hub.repository(ID), tmp_path, unseen)
    away = Hub("http://127.0.0.1:9", None)
    with pytest.raises(ProviderBusy):
        await away.repository(ID)
    await away.close()


async def test_gated_weights_need_a_token_and_unknown_ones_are_told(
    vendors: Vendors, hub: Hub
) -> None:
    vendors.gated.add(ID)
    with pytest.raises(NotFound, match="HF_TOKEN"):
        await hub.repository(ID)
    known_there = Hub(vendors.url, KEY)
    assert (await known_there.repository(ID)).is_gated
    await known_there.close()
    with pytest.raises(NotFound, match="spelling"):
        await hub.repository("owner/nothing")
    for wrong in ("x", "../../etc", "a/b/c"):
        with pytest.raises(BadInput, match="OWNER/NAME"):
            await hub.repository(wrong)


async def test_a_file_cannot_leave_its_folder(vendors: Vendors, hub: Hub) -> None:
    vendors.repositories[ID] = {"../../outside.json": b"{}"}
    with pytest.raises(BadDownload, match="not known"):
        await hub.repository(ID)


async def test_weights_that_changed_are_found_and_brought_again(
    vendors: Vendors, hub: Hub, tmp_path: Path
) -> None:
    folder = await bring(hub, await hub.repository(ID), tmp_path, unseen)
    (folder / "config.json").write_bytes(b'{"a": 2}')
    (folder / "empty.txt").unlink()
    [weights] = present(tmp_path)
    assert set(damaged(weights)) == {"config.json", "empty.txt"}
    await bring(hub, await hub.repository(ID), tmp_path, unseen)
    assert damaged(present(tmp_path)[0]) == []
    remove(tmp_path, ID)
    assert not folder.exists()
    with pytest.raises(NotFound, match="models list"):
        remove(tmp_path, ID)


def test_licences_that_forbid_something_are_seen() -> None:
    assert refusal("cc-by-nc-4.0") and refusal("unknown") and refusal("other")
    assert refusal("mit") is None and refusal("apache-2.0") is None


def test_short_names_lead_to_the_hub() -> None:
    for name, entry in known().items():
        assert hub_id_of(name) == entry.hub_id and "/" in entry.hub_id
    assert hub_id_of("a/b") == "a/b"
    with pytest.raises(NotFound, match="whisper-small"):
        hub_id_of("nothing")
