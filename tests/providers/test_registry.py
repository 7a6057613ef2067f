"""Who is there with which keys: the registry, its table in the docs, and its order."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.providers.choosing import chosen
from asha.providers.registry import EARS, MODELS, VOICES, available, table

DOCS = Path(__file__).parents[2] / "docs"


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def test_the_table_of_the_docs_is_the_registrys() -> None:
    assert table() in (DOCS / "providers.md").read_text(encoding="utf-8"), (
        "run `python -m asha.providers.registry` and put what it prints into docs/providers.md"
    )


def test_without_keys_espeak_speaks() -> None:
    row = available(settings(openai_api_key=None, elevenlabs_api_key=None))
    assert list(row.speaks) == ["eSpeak NG"]


def test_with_keys_prem_speaks_and_the_others_stand_behind() -> None:
    row = available(settings(elevenlabs_api_key=SecretStr("k"), coqui_url="http://localhost:1"))
    assert list(row.speaks) == ["ElevenLabs (Prem)", "Coqui", "eSpeak NG"]


def test_a_local_server_thinks_without_a_key() -> None:
    able = chosen(settings(openai_api_key=None, openai_base_url="http://localhost:11434/v1"))
    assert able.llm
    assert able.stt is None


@pytest.mark.parametrize(("key", "is_paid"), [(None, False), (SecretStr("k"), True)])
def test_a_server_that_asks_for_no_key_is_not_paid_for(
    key: SecretStr | None, is_paid: bool
) -> None:
    url = "http://localhost:8000/v1"
    given = settings(openai_api_key=key, openai_base_url=url, elevenlabs_api_key=None)
    assert chosen(given).is_paid == is_paid


def test_the_end_of_a_model_in_use_is_told_at_the_start() -> None:
    able = chosen(settings(openai_api_key=SecretStr("k")))
    assert "gpt-4o-mini ends" in able.notices[0] or "was switched off" in able.notices[0]
    assert not chosen(settings(openai_api_key=None)).notices


def test_a_provider_that_is_named_comes_first_and_those_behind_it_stay() -> None:
    given = settings(elevenlabs_api_key=SecretStr("k"), coqui_url="http://x", speaks="coqui")
    assert list(available(given).speaks) == ["Coqui", "eSpeak NG"]


@pytest.mark.parametrize(
    ("given", "told"),
    [({"speaks": "siri"}, "there are auto, elevenlabs"), ({"speaks": "coqui"}, "ASHA_COQUI_URL")],
)
def test_a_wish_that_cannot_be_met_names_the_remedy(given: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        available(settings(coqui_url=None, **given))


def test_every_entry_can_be_made() -> None:
    for entry in [*VOICES.values(), *MODELS.values(), *EARS.values()]:
        assert entry.made(settings(checkpoint="a/folder")).name
