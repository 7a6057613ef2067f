"""What every route needs, as one value; `Desk` in a route's signature says so."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request

from asha.conversation.memory import SqliteMemory
from asha.conversation.parts import Parts
from asha.conversation.session import Conversation
from asha.conversation.sessions import Sessions
from asha.core.errors import NotFound
from asha.core.settings import Settings
from asha.server.browser_figures import BrowserFigures
from asha.server.owners import Signer, owner_of, required_owner
