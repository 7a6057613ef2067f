"""Predictions for the tests of scores."""

from typing import Any

from asha.evaluation.prediction import Prediction


def row(text: str = "", reference: str = "", **given: Any) -> Prediction:
    """A prediction with the fields that matter to a test."""
    fields: dict[str, Any] = {
        "id": "part/hi/1",
        "part": "part",
        "language": "hi",
        "task": "transcribe",
        "text": text,
        "reference": reference,
    }
    return Prediction(**{**fields, **given})
