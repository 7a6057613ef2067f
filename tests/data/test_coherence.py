"""A corpus file that contradicts itself."""

import pytest
from corpora import entry

from asha.data.catalog import catalog
from asha.data.coherence import faults_of


@pytest.mark.parametrize("name", sorted(catalog()))
def test_every_file_of_the_registry_agrees_with_itself(name: str) -> None:
    assert faults_of(catalog()[name]) == []


@pytest.mark.parametrize(
    ("kind", "where", "more", "words"),
    [
        ("huggingface", "https://hub/x", {}, "is no owner/name of the hub"),
        ("huggingface", "a/b", {"source": {"pin": "main"}}, "is not a commit"),
        ("archive", "a/b", {}, "is no address of an archive"),
        ("archive", "https://a/b.zip", {"source": {"pin": "1"}}, "is not a SHA-256"),
        ("unlocated", "a/b", {}, "yet has a place"),
        ("archive", "https://a", {"writing": "native", "scripts": ["Deva"]}, "Gujr is not among"),
        ("archive", "https://a", {"writing": "native"}, "script_policy says nothing"),
        (
            "archive",
            "https://a",
            {"languages": {"gu": {"rows": {"test": -1}}}},
            "less than nothing",
        ),
        ("archive", "https://a", {"languages": {"gu": {"hours": -1.0}}}, "less than nothing"),
        (
            "archive",
            "https://a",
            {"splits": {"train": "t"}, "languages": {"gu": {"rows": {"test": 1}}}},
            "there is no such split",
        ),
    ],
)
def test_a_contradiction_is_named(
    kind: str, where: str, more: dict[str, object], words: str
) -> None:
    assert any(words in fault for fault in faults_of(entry(kind, where, **more)))
