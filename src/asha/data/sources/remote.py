"""Files on other machines over HTTP: read in pieces, or downloaded so that a cut is no loss."""

import hashlib
import io
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asha.core.errors import BadInput
from asha.data.fetch import NotFetched
from asha.data.sources.part import Progress, Shelf, WrongPin

if TYPE_CHECKING:
    import httpx

BLOCK_BYTES = 2 * 2**20  # of one request when a file is read in pieces
NUM_BLOCKS = 8  # kept in memory
NUM_TRIES = 4
TIMEOUT_S = 30.0


class Line:
    """A connection to one source. `remedy(status, code, url)` is the sentence for a refusal."""

    def __init__(
        self,
        shelf: Shelf,
        remedy: Callable[[int, str, str], str],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        import httpx

        self._remedy = remedy
        self._pause_s = shelf.pause_s
        self._client = httpx.Client(
            headers=dict(headers or {}), timeout=TIMEOUT_S, follow_redirects=True
        )

    def json(self, url: str) -> tuple[Any, str]:
        """A JSON body, and the address of the page after it ("" where it is the last).

        Raises:
            NotFetched: it was refused, or nobody answers.
        """
        with self.asked(url) as reply:
            reply.read()
            try:
                return reply.json(), reply.links.get("next", {}).get("url", "")
            except ValueError as broken:
                raise NotFetched(f"{url} answers something else than JSON: {broken}.") from broken

    @contextmanager
    def asked(self, url: str, headers: Mapping[str, str] | None = None) -> "Iterator[Any]":
        """An open reply with a good status; busy servers and broken lines are asked again.

        Raises:
            NotFetched: it was refused, or nobody answers.
        """
        import httpx

        for turn in range(NUM_TRIES):
            is_last = turn == NUM_TRIES - 1
            if turn:
                time.sleep(self._pause_s * 2 ** (turn - 1))
            try:
                request = self._client.build_request("GET", url, headers=headers)
                reply = self._client.send(request, stream=True)
            except (httpx.UnsupportedProtocol, httpx.InvalidURL) as wrong:
                raise NotFetched(f"{url} is no address that can be fetched: {wrong}.") from wrong
            except httpx.TransportError as gone:
                if is_last:
                    host = httpx.URL(url).host
                    raise NotFetched(
                        f"{host} cannot be reached ({type(gone).__name__}): check the network and "
                        "run the same command again; it goes on where it stopped."
                    ) from gone
                continue
            try:
                if reply.status_code in (429, 500, 502, 503, 504) and not is_last:
                    continue
                if reply.status_code >= 400 and reply.status_code != 416:
                    code = reply.headers.get("x-error-code", "")
                    raise NotFetched(self._remedy(reply.status_code, code, url))
                yield reply
                return
            finally:
                reply.close()

    def piece(self, url: str, start: int, end: int) -> tuple[bytes, int]:
        """Bytes `start` up to `end` (excluded) of a file, and how long the file is."""
        import httpx

        for turn in range(NUM_TRIES):
            with self.asked(url, {"range": f"bytes={start}-{end - 1}"}) as reply:
                try:
                    content = reply.read()
                except httpx.TransportError as cut:
                    if turn == NUM_TRIES - 1:
                        raise NotFetched(f"{url} breaks off again and again; try later.") from cut
                    continue
            if reply.status_code == 206:
                return content, _total(reply, start + len(content))
            return content[start:end], len(content)  # a server that does not know ranges
        raise AssertionError  # every turn returns, goes on or raises

    def close(self) -> None:
        """Hang up."""
        self._client.close()


class RemoteFile(io.RawIOBase):
    """A file on another machine that can be read anywhere, block by block."""

    def __init__(self, line: Line, url: str) -> None:
        super().__init__()
        self._line, self._url, self._at = line, url, 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        first, self.size = line.piece(url, 0, BLOCK_BYTES)
        self._blocks[0] = first[:BLOCK_BYTES]

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is asked for yet."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on."""
        end = self.size if size is None or size < 0 else min(self.size, self._at + size)
        pieces = []
        while self._at < end:
            number, skip = divmod(self._at, BLOCK_BYTES)
            piece = self._block(number)[skip : skip + end - self._at]
            if not piece:
                raise NotFetched(f"{self._url} is shorter than it was; run the command again.")
            pieces.append(piece)
            self._at += len(piece)
        return b"".join(pieces)

    def readinto(self, buffer: Any) -> int:
        """As every raw file."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            start = number * BLOCK_BYTES
            self._blocks[number], _ = self._line.piece(
                self._url, start, min(start + BLOCK_BYTES, self.size)
            )
            if len(self._blocks) > NUM_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number]


def download(
    line: Line, url: str, path: Path, *, sha256: str = "", progress: Progress | None = None
) -> Path:
    """Fetch `url` into `path`, whole or not at all; what an earlier call got is kept and gone on
    from. A file that is there already is not asked for again.

    Raises:
        NotFetched: it was refused, or breaks off again and again.
        WrongPin: its checksum is not `sha256`; what was fetched lies beside it, ending in .wrong.
        BadInput: it cannot be written.
    """
    if not path.exists():
        partial = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(NUM_TRIES):
                if _fetch(line, url, partial, progress):
                    break
            else:
                have = partial.stat().st_size
                raise NotFetched(
                    f"{url} breaks off again and again: {have:,} bytes are here; run the same "
                    "command again, it goes on from there."
                )
            if sha256 and (found := checksum(partial)) != sha256:
                partial.rename(path.with_name(path.name + ".wrong"))
                raise WrongPin(
                    f"{path.name} has the checksum {found}, pinned is {sha256}: its owners changed "
                    "it; look at what changed, then pin it anew with `asha data pin`."
                )
            partial.rename(path)
        except OSError as failed:
            raise BadInput(
                f"{path} cannot be written ({failed.strerror}): make room or choose another "
                "--shelf, then run the same command again; it goes on where it stopped."
            ) from failed
    return path


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(line: Line, url: str, partial: Path, progress: Progress | None) -> bool:
    """One go at the rest of a file; whether it is whole now."""
    have = partial.stat().st_size if partial.exists() else 0
    mark = partial.with_name(partial.name + ".etag")
    headers = {"accept-encoding": "identity"}
    if have:
        headers["range"] = f"bytes={have}-"
        if mark.exists():
            headers["if-range"] = mark.read_text()  # another file by now: from its start
    with line.asked(url, headers) as reply:
        if reply.status_code == 416:  # nothing is missing, or the file shrank
            if _total(reply, -1) == have:
                return True
            partial.unlink(missing_ok=True)
            return False
        if reply.status_code != 206:
            have = 0
        if etag := reply.headers.get("etag"):
            mark.write_text(etag)
        if not _saved(reply, partial, have, progress):
            return False
    mark.unlink(missing_ok=True)
    return True


def _saved(reply: "httpx.Response", partial: Path, have: int, progress: Progress | None) -> bool:
    """Append (or write) a reply's body; whether all of the file is there then."""
    import httpx

    total = _total(reply, 0)
    with partial.open("ab" if have else "wb") as file:
        try:
            for piece in reply.iter_raw():  # as it comes: a cut loses nothing
                have += file.write(piece)
                if progress:
                    progress(partial.stem, have, total)
        except httpx.TransportError:
            return False
    return not total or have == total


def _total(reply: "httpx.Response", otherwise: int) -> int:
    """How long the whole file is, as the server says."""
    told = reply.headers.get("content-range", "").rpartition("/")[2]
    if told.isdigit():
        return int(told)
    length = reply.headers.get("content-length", "")
    return int(length) if length.isdigit() and reply.status_code == 200 else otherwise
