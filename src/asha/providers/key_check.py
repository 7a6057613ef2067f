"""Whether a key works: asked of the vendor in the cheapest way it has, nothing is generated."""

from dataclasses import dataclass

from asha.core.errors import ProviderBusy, ProviderError, ProviderRefused
from asha.core.settings import Settings
from asha.providers.http import Line
from asha.providers.models import profile
from asha.providers.tts.elevenlabs_voice import account_voices, named


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a vendor said; None: it could not be asked."""

    is_good: bool | None
    sentence: str


async def openai_verdict(settings: Settings) -> Verdict:
    """Whether a model can be asked at ASHA_OPENAI_BASE_URL, and whether it is there."""
    key = settings.openai_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    line = Line("OpenAI", settings.openai_base_url, headers)
    try:
        told = await line.json("GET", "/models")
        names = {str(row["id"]) for row in told["data"]}
    except ProviderError as failure:
        return _failed(failure)
    except (KeyError, TypeError):
        return Verdict(None, f"{settings.openai_base_url} does not answer as OpenAI does.")
    finally:
        await line.close()
    model = settings.openai_model
    if model in names:
        return Verdict(True, f"the key works, and {model} is there.")
    successor = profile(model).successor
    hint = f"; ASHA_OPENAI_MODEL={successor} would be its successor" if successor in names else ""
    return Verdict(True, f"the key works, but {model} is not among {len(names)} models{hint}.")


async def elevenlabs_verdict(settings: Settings) -> Verdict:
    """Whether the voices of the account can be seen, and whether the wanted one is among them."""
    key = settings.elevenlabs_api_key
    headers = {"xi-api-key": key.get_secret_value() if key else ""}
    line = Line("ElevenLabs", settings.elevenlabs_base_url, headers)
    wanted = settings.elevenlabs_voice
    try:
        found = named(await account_voices(line, wanted), wanted)
    except ProviderError as failure:
        return _failed(failure)
    except (KeyError, TypeError, AttributeError):
        return Verdict(None, "ElevenLabs answers in a way that is not known.")
    finally:
        await line.close()
    if found:
        return Verdict(True, f"the key works, and the voice {wanted} is there.")
    second = settings.elevenlabs_second_voice
    return Verdict(True, f"the key works, but no voice is called {wanted}; {second} would speak.")


def _failed(failure: ProviderError) -> Verdict:
    if isinstance(failure, ProviderBusy) and failure.kind == "connect":
        return Verdict(None, f"{failure.message} The key was not tested.")
    return Verdict(False if isinstance(failure, ProviderRefused) else None, failure.message)
