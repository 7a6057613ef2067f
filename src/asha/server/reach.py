"""How a service is reached, and what it must have before strangers can reach it."""

import ssl
from pathlib import Path
from typing import Any

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.server.accounts import Accounts
from asha.server.origin import LOOPBACK

EVERYWHERE = "0.0.0.0"
MAX_CONNECTIONS = 1_000


def host_of(settings: Settings) -> str:
    """Where to listen: a public service with TLS of its own everywhere, unless told otherwise."""
    is_chosen = "host" in settings.model_fields_set
    return EVERYWHERE if settings.public and settings.tls_cert and not is_chosen else settings.host


def listening(settings: Settings) -> dict[str, Any]:
    """What uvicorn needs to listen as the settings say.

    Raises:
        BadInput: it would let strangers in: no login, no TLS, or an address that is not loopback.
    """
    host = host_of(settings)
    if not settings.public:
        if host not in LOOPBACK:
            raise BadInput(
                f"Listening on {host} would let everybody in; use `asha serve --public`, which "
                "asks for a login and TLS.",
                param="host",
            )
        return {"host": host, "proxy_headers": False}
    if not Accounts(settings.data_dir).all():
        raise BadInput(
            "A public service needs a login, and there is no account; "
            f"make one: asha account add NAME --data-dir {settings.data_dir}",
            param="public",
        )
    if settings.behind_proxy:
        return {
            "host": host,
            "proxy_headers": True,
            "forwarded_allow_ips": settings.trusted_proxies,
            "limit_concurrency": MAX_CONNECTIONS,
        }
    cert, key = _certificate(settings)
    return {
        "host": host,
        "proxy_headers": False,
        "limit_concurrency": MAX_CONNECTIONS,
        "ssl_certfile": str(cert),
        "ssl_keyfile": str(key),
    }


def _certificate(settings: Settings) -> tuple[Path, Path]:
    if settings.tls_cert is None or settings.tls_key is None:
        raise BadInput(
            "A public service needs TLS; give --tls-cert and --tls-key (PEM files), or "
            "--behind-proxy where Caddy or a tunnel in front ends TLS (docs/phone.md).",
            param="tls_cert",
        )
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.tls_cert,
            settings.tls_key,
            password=lambda: "",  # else a locked key asks at the terminal
        )
    except OSError as wrong:  # ssl.SSLError is one
        raise BadInput(
            f"{settings.tls_cert} and {settings.tls_key} are not a certificate and its key in "
            "PEM; give the files that belong together.",
            param="tls_cert",
        ) from wrong
    return settings.tls_cert, settings.tls_key
