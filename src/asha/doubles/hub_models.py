"""The double of the hub, as far as models are pushed to it and loaded back: in memory, on a socket.

Small files come within the commit, weights by Git LFS's own protocol (batch, PUT). A client that
has the hub's other store (xet) has to be told not to use it: HF_HUB_DISABLE_XET=1.
"""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "hf_token-of-the-doubles"
COMMIT = hashlib.sha1(b"the only commit of the double").hexdigest()
LARGE = ".safetensors"


@dataclass(slots=True)
class Repository:
    """One model's files by path."""

    is_private: bool = False
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class HubModels:
    """All that was pushed. `refuses` is a status to answer every push with."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)  # of LFS, by SHA-256
    refuses: int | None = None
    url: str = ""

    def routes(self) -> list[Route]:
        """The hub's addresses."""
        repo = "{owner}/{name}"
        post, read = ["POST"], ["GET", "HEAD"]
        return [
            Route("/api/repos/create", self._create, methods=post),
            Route("/api/validate-yaml", self._validate, methods=post),
            Route(f"/api/models/{repo}/preupload/{{revision}}", self._modes, methods=post),
            Route(f"/api/models/{repo}/commit/{{revision}}", self._commit, methods=post),
            Route(f"/{repo}.git/info/lfs/objects/batch", self._batch, methods=post),
            Route("/blobs/{oid}", self._blob, methods=["PUT"]),
            Route(f"/api/models/{repo}/revision/{{revision}}", self._info),
            Route(f"/api/models/{repo}/tree/{{revision}}", self._tree),
            Route(f"/api/models/{repo}", self._info),
            Route(f"/{repo}/resolve/{{revision}}/{{path:path}}", self._file, methods=read),
        ]

    async def _create(self, request: Request) -> Response:
        if self.refuses or request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _refused(self.refuses or 401)
        body = await request.json()
        owner = body.get("organization") or "me"
        repo_id = f"{owner}/{body['name']}"
        is_private = bool(body.get("private")) or body.get("visibility") == "private"
        self.repositories.setdefault(repo_id, Repository(is_private))
        return JSONResponse({"url": f"{self.url}/{repo_id}", "name": repo_id, "id": repo_id})

    async def _validate(self, _: Request) -> Response:
        return JSONResponse({"errors": [], "warnings": []})

    async def _modes(self, request: Request) -> Response:
        body = await request.json()
        files = [
            {
                "path": it["path"],
                "uploadMode": "lfs" if it["path"].endswith(LARGE) else "regular",
                "shouldIgnore": False,
                "oid": None,
            }
            for it in body["files"]
        ]
        return JSONResponse({"files": files})

    async def _batch(self, request: Request) -> Response:
        body = await request.json()
        objects = [
            {
                "oid": it["oid"],
                "size": it["size"],
                "actions": {"upload": {"href": f"{self.url}/blobs/{it['oid']}"}},
            }
            for it in body["objects"]
        ]
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def _blob(self, request: Request) -> Response:
        content = await request.body()
        oid = request.path_params["oid"]
        if hashlib.sha256(content).hexdigest() != oid:
            return _refused(422)
        self.blobs[oid] = content
        return Response()

    async def _commit(self, request: Request) -> Response:
        repo_id = _repo_id(request)
        files = self.repositories[repo_id].files
        for line in (await request.body()).splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                files[value["path"]] = self.blobs[value["oid"]]
        where = f"{self.url}/{repo_id}/commit/{COMMIT}"
        return JSONResponse({"commitUrl": where, "commitOid": COMMIT, "hookOutput": ""})

    async def _info(self, request: Request) -> Response:
        found = self.repositories.get(_repo_id(request))
        if found is None:
            return _refused(404)
        siblings = [{"rfilename": path} for path in sorted(found.files)]
        described: dict[str, Any] = {"id": _repo_id(request), "sha": COMMIT, "siblings": siblings}
        return JSONResponse(described | {"private": found.is_private, "tags": [], "downloads": 0})

    async def _tree(self, request: Request) -> Response:
        found = self.repositories[_repo_id(request)]
        return JSONResponse(
            [
                {"type": "file", "path": path, "size": len(it), "oid": _etag(it)}
                for path, it in sorted(found.files.items())
            ]
        )

    async def _file(self, request: Request) -> Response:
        found = self.repositories.get(_repo_id(request))
        content = found.files.get(request.path_params["path"]) if found else None
        if content is None:
            return Response(status_code=404, headers={"x-error-code": "EntryNotFound"})
        headers = {"etag": f'"{_etag(content)}"', "x-repo-commit": COMMIT}
        if request.method == "HEAD":
            return Response(headers=headers | {"content-length": str(len(content))})
        return Response(content, headers=headers)


@asynccontextmanager
async def serving_hub(hub: HubModels | None = None) -> AsyncIterator[HubModels]:
    """The double on a free port; `url` is what HF_ENDPOINT has to be."""
    made = hub or HubModels()
    config = uvicorn.Config(
        Starlette(routes=made.routes()),
        host="127.0.0.1",
        port=0,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        await server.shutdown()


def _repo_id(request: Request) -> str:
    return f"{request.path_params['owner']}/{request.path_params['name']}"


def _etag(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def _refused(status: int) -> Response:
    return JSONResponse({"error": "refused by the double"}, status)
