"""The Hugging Face hub, read only: what a repository holds, and its files with resume and hash.

Without the hub's own client: the service needs a list of files and a download, not 30 MB of it.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from asha.core.errors import AshaError, BadInput, NotFound, ProviderBusy
from asha.core.settings import Settings

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
# What nothing here loads: other frameworks' copies, pictures, optimiser states.
UNWANTED = re.compile(
    r"(^|/)\.|\.(msgpack|h5|ot|onnx|onnx_data|tflite|gguf|png|jpe?g|gif|mp4|wav|py)$|(^|/)original/"
    r"|(optimizer|scheduler|training_args|rng_state).*"
)
CONNECT_S, READ_S = 10.0, 30.0
MAX_CUTS = 8  # in a row without a new byte
PAUSE_S = 0.5
PIECE_BYTES = 1 << 20

OnBytes = Callable[[str, int, int], None]  # path, bytes that are there, bytes of the whole


class BadDownload(AshaError):
    """What came is not what the hub promised."""

    code = "bad_download"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file and what it must be: `digest` is sha256:... or, for small ones, git's own sha1."""

    path: str
    num_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A model at one commit."""

    id: str
    commit: str
    license: str
    is_gated: bool
    files: tuple[HubFile, ...]

    @property
    def num_bytes(self) -> int:
        """Of all files."""
        return sum(file.num_bytes for file in self.files)


class Hub:
    """One hub by its address; close it in the end."""

    def __init__(self, url: str, token: str | None, *, pause_s: float = PAUSE_S) -> None:
        self._pause_s = pause_s
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            follow_redirects=True,  # large files lie elsewhere
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> "Hub":
        """The hub that the settings name, with their token."""
        token = settings.hub_token.get_secret_value() if settings.hub_token else None
        return cls(settings.hub_url, token)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def repository(self, repo_id: str, revision: str = "main") -> Repository:
        """What is there.

        Raises:
            BadInput: not an id of the hub.
            NotFound: no such repository, or one that is not for everybody.
            ProviderBusy: the hub cannot be reached.
        """
        if not HUB_ID.fullmatch(repo_id):
            raise BadInput(f"{repo_id!r} is no id of the hub; give OWNER/NAME.", param="id")
        try:
            answer = await self._client.get(
                f"/api/models/{repo_id}/revision/{revision}", params={"blobs": "true"}
            )
        except httpx.TransportError as failure:
            raise _unreachable() from failure
        if answer.status_code in (401, 403, 404):
            raise NotFound(
                f"The hub shows no {repo_id!r} at {revision!r}; check the spelling. A gated model "
                f"needs its terms accepted at its page and a token in HF_TOKEN."
            )
        if answer.status_code != 200:
            raise _unreachable()
        return _repository(repo_id, answer)

    async def fetch(
        self, repository: Repository, file: HubFile, folder: Path, on_bytes: OnBytes
    ) -> None:
        """Bring one file into `folder`; what an earlier try has brought is kept and checked.

        Raises:
            BadDownload: its hash is not the hub's.
            ProviderBusy: the line broke again and again.
        """
        path = folder / file.path
        if path.exists() and await asyncio.to_thread(digest_fits, path, file):
            on_bytes(file.path, file.num_bytes, file.num_bytes)
            return
        part = path.with_name(path.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        await self._fill(repository, file, part, on_bytes)
        if not await asyncio.to_thread(digest_fits, part, file):
            part.unlink()
            raise BadDownload(
                f"{file.path} did not arrive as the hub describes it and was deleted; try again."
            )
        part.replace(path)

    async def _fill(
        self, repository: Repository, file: HubFile, part: Path, on_bytes: OnBytes
    ) -> None:
        num_cuts = 0
        while (have := _size(part)) < file.num_bytes:
            try:
                await self._more(repository, file, part, on_bytes)
            except httpx.TransportError as failure:
                grown = _size(part) > have
                num_cuts = 0 if grown else num_cuts + 1
                if num_cuts >= MAX_CUTS:
                    raise _unreachable() from failure
                await asyncio.sleep(self._pause_s)
        part.open("ab").close()  # an empty file is a file

    async def _more(
        self, repository: Repository, file: HubFile, part: Path, on_bytes: OnBytes
    ) -> None:
        """As much as one connection brings, added to `part`."""
        have = _size(part)
        url = f"/{repository.id}/resolve/{repository.commit}/{file.path}"
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        async with self._client.stream("GET", url, headers=headers) as answer:
            if answer.status_code in (401, 403, 404):
                raise NotFound(
                    f"The hub does not give {file.path}; accept the terms at the page of "
                    f"{repository.id} and set HF_TOKEN."
                )
            if answer.status_code not in (200, 206):
                raise httpx.RemoteProtocolError(f"status {answer.status_code}")
            goes_on = answer.status_code == 206 and _starts_at(answer, have)
            with part.open("ab" if goes_on else "wb") as out:
                async for piece in answer.aiter_bytes():
                    if out.tell() + len(piece) > file.num_bytes:
                        raise BadDownload(f"{file.path} is larger than the hub says; try again.")
                    out.write(piece)
                    on_bytes(file.path, out.tell(), file.num_bytes)
            if _size(part) == have:
                raise httpx.RemoteProtocolError("nothing came")


def digest_fits(path: Path, file: HubFile) -> bool:
    """Whether a file on disk is the one the hub describes."""
    if path.stat().st_size != file.num_bytes:
        return False
    kind, _, wanted = file.digest.partition(":")
    digest = hashlib.sha256() if kind == "sha256" else hashlib.sha1(usedforsecurity=False)
    if kind == "git":  # a blob's name: sha1 over its kind, length and bytes
        digest.update(f"blob {file.num_bytes}\0".encode())
    with path.open("rb") as content:
        while piece := content.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest() == wanted


def _repository(repo_id: str, answer: httpx.Response) -> Repository:
    try:
        told = answer.json()
        card, tags = told.get("cardData") or {}, told.get("tags") or []
        by_tag = next((tag[8:] for tag in tags if tag.startswith("license:")), "unknown")
        files = tuple(
            HubFile(
                entry["rfilename"],
                int(entry["size"]),
                f"sha256:{entry['lfs']['sha256']}"
                if entry.get("lfs")
                else f"git:{entry['blobId']}",
            )
            for entry in told["siblings"]
            if not UNWANTED.search(_safe(entry["rfilename"]))
        )
        return Repository(
            id=repo_id,
            commit=str(told["sha"]),
            license=str(card.get("license") or by_tag),
            is_gated=bool(told.get("gated")),
            files=_one_format(files),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as nonsense:
        raise BadDownload(
            f"The hub describes {repo_id!r} in a way that is not known."
        ) from nonsense


def _one_format(files: tuple[HubFile, ...]) -> tuple[HubFile, ...]:
    """Weights once: pickled ones stay where they are if safetensors are there."""
    has_safe = any(file.path.endswith(".safetensors") for file in files)
    pickled = (".bin", ".pt", ".pth", ".ckpt")
    return tuple(file for file in files if not (has_safe and file.path.endswith(pickled)))


def _safe(path: str) -> str:
    """A path that stays inside of its folder. Raises ValueError."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise ValueError("a file outside of its folder")
    return path


def _size(path: Path) -> int:
    """Bytes that are there."""
    return path.stat().st_size if path.exists() else 0


def _starts_at(answer: httpx.Response, have: int) -> bool:
    where: str = answer.headers.get("content-range", "")
    return where.startswith(f"bytes {have}-")


def _unreachable() -> ProviderBusy:
    return ProviderBusy("the hub", "it cannot be reached; check the network and try again.")
