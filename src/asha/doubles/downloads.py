"""The double of places that give out corpora: the hub's reading side, and a plain file server.

It runs in a thread, since what reads corpora is not asynchronous. Files are given by their path;
hub repositories as `repositories[name][branch][path]`.
"""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

TOKEN = "hf_token_of_the_doubles"
PAGE = 2  # files on a page of a listing, so that pages are followed


@dataclass(slots=True)
class Downloads:
    """What is given out, and what goes wrong: change it between requests."""

    files: dict[str, bytes] = field(default_factory=dict)  # "/path" -> content
    repositories: dict[str, dict[str, dict[str, bytes]]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)  # terms that the account has not accepted
    cut_after: list[int] = field(default_factory=list)  # bytes of the next replies, then a cut
    busy: int = 0  # so many requests get 503
    knows_ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, range
    url: str = ""

    def commit(self, repository: str, branch: str) -> str:
        """The commit at the head of a branch: 40 hex digits that follow from its files."""
        whole = hashlib.sha1(usedforsecurity=False)
        for path, content in sorted(self.repositories[repository][branch].items()):
            whole.update(path.encode() + content)
        return whole.hexdigest()


@contextlib.contextmanager
def serving(downloads: Downloads | None = None) -> Iterator[Downloads]:
    """The double on a free port; `url` is its."""
    made = downloads or Downloads()

    class Handler(_Handler):
        given = made

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    given: Downloads
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """Files, listings, commits."""
        given, path = self.given, unquote(urlsplit(self.path).path)
        given.asked.append((path, self.headers.get("range", "")))
        if given.busy:
            given.busy -= 1
            self._say(503)
        elif path.startswith("/api/datasets/"):
            self._api(path.removeprefix("/api/datasets/"))
        elif path.startswith("/datasets/"):
            self._resolve(path.removeprefix("/datasets/"))
        elif path in given.files:
            self._file(given.files[path])
        else:
            self._say(404)

    def _api(self, path: str) -> None:
        repository = "/".join(path.split("/")[:2])
        verb, _, rest = path.removeprefix(repository).lstrip("/").partition("/")
        if not self._may(repository, is_open=verb == "revision"):
            return
        found = self._files(repository, rest)
        if found is None:
            self._say(404, code="RevisionNotFound")
        elif verb == "revision":
            self._json({"id": repository, "sha": self.given.commit(repository, found)})
        else:
            self._tree(self.given.repositories[repository][found])

    def _tree(self, files: dict[str, bytes]) -> None:
        start = int(parse_qs(urlsplit(self.path).query).get("cursor", ["0"])[0])
        entries = [
            {"type": "file", "path": path, "size": len(content)} for path, content in files.items()
        ]
        headers = {}
        if start + PAGE < len(entries):
            where = urlsplit(self.path).path
            headers["link"] = f'<{self.given.url}{where}?cursor={start + PAGE}>; rel="next"'
        self._json(entries[start : start + PAGE], headers)

    def _resolve(self, path: str) -> None:
        repository, _, rest = path.partition("/resolve/")
        if not self._may(repository):
            return
        revision, _, name = rest.partition("/")
        branch = self._files(repository, revision)
        files = self.given.repositories[repository][branch] if branch else {}
        if name in files:
            self._file(files[name])
        else:
            self._say(404, code="EntryNotFound")

    def _files(self, repository: str, revision: str) -> str | None:
        """The branch that is meant: by its name or its commit."""
        revision = unquote(revision)
        for branch in self.given.repositories[repository]:
            if revision in (branch, self.given.commit(repository, branch)):
                return branch
        return None

    def _may(self, repository: str, *, is_open: bool = False) -> bool:
        has_token = TOKEN in self.headers.get("authorization", "")
        if repository not in self.given.repositories:
            self._say(404 if has_token else 401, code="RepoNotFound")
        elif repository in self.given.gated and not is_open:
            self._say(403 if has_token else 401, code="GatedRepo")
        else:
            return True
        return False

    def _file(self, content: bytes) -> None:
        etag = f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'
        start, end, status = 0, len(content), 200
        asked = self.headers.get("range", "").removeprefix("bytes=")
        if asked and self.given.knows_ranges and self.headers.get("if-range", etag) == etag:
            first, _, last = asked.partition("-")
            start, end, status = int(first), min(end, int(last) + 1 if last else end), 206
        headers = {"etag": etag}
        if start >= len(content) and status == 206:
            self._say(416, headers={"content-range": f"bytes */{len(content)}"})
            return
        if status == 206:
            headers["content-range"] = f"bytes {start}-{end - 1}/{len(content)}"
        body = content[start:end]
        self._head(status, {**headers, "content-length": str(len(body))})
        cut = self.given.cut_after.pop(0) if self.given.cut_after else len(body)
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body[:cut])
        if cut < len(body):
            self.close_connection = True

    def _json(self, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self._head(200, {"content-length": str(len(content)), **(headers or {})})
        self.wfile.write(content)

    def _say(self, status: int, *, code: str = "", headers: dict[str, str] | None = None) -> None:
        told = {"x-error-code": code} if code else {}
        self._head(status, {**told, **(headers or {}), "content-length": "0"})

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, quote(value, safe=' ;:,=-/*"<>?&._'))
        self.end_headers()
