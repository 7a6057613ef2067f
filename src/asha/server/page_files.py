"""The built page's files: small on the line, and asked for once."""

from os import PathLike, stat_result
from pathlib import Path
from typing import Any

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

SMALLEST_BYTES = 1_000  # below this a gzip header is not worth its bytes


class _Hashed(StaticFiles):
    """Files whose names carry their contents' hash: they never change."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Any,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def page_files(folder: Path) -> ASGIApp:
    """What is mounted at /assets."""
    return GZipMiddleware(_Hashed(directory=folder), minimum_size=SMALLEST_BYTES)
