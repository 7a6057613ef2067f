"""Uploading to the hub, through its own client."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from asha.core.errors import BadInput


def upload(
    save: Callable[[Path], None], repo_id: str, *, private: bool = False, message: str = ""
) -> str:
    """Let `save` write a folder and upload it as a model repository; the commit's address.

    Raises:
        BadInput: the hub cannot be reached or refuses.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    hub = HfApi()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "checkpoint"
        save(folder)
        try:
            repo = hub.create_repo(repo_id, private=private, exist_ok=True)
            commit = hub.upload_folder(
                repo_id=repo.repo_id,
                folder_path=folder,
                commit_message=message or f"Upload {repo.repo_id}",
            )
        except (HfHubHTTPError, OSError, ValueError, RuntimeError) as refused:
            raise BadInput(
                f"The hub does not take {repo_id!r}; check its spelling, the connection and your "
                "login (hf auth login)."
            ) from refused
    return str(commit.commit_url)
