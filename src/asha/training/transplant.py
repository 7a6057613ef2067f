"""A projector for another language model: moved through the tokens that both models know.

The embeddings of the shared tokens give a linear map from one model's space to the other's (least
squares); the projector's last layer, whose output lives there, is multiplied by it. It is a start
that trains faster than a fresh projector, no finished model: the shift is measured on tokens held
out of the fit.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from asha.core.errors import BadInput
from asha.model.config import text_config_of
from asha.model.source import locate
from asha.model.tensors import read_json, read_tensors
from asha.training.folders import CheckpointFolder, read_folder, write_folder

TABLES = ("embed_tokens.weight", "wte.weight", "word_embeddings.weight")
LAST_LAYER = "multi_modal_projector.linear_2.weight"
RIDGE = 1e-4  # of the mean square of the inputs: rare directions stay small
HELD_OUT_EVERY = 10
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


@dataclass(frozen=True, slots=True)
class Transplanted:
    """How it went: tokens fitted, and what of the held-out tokens' variance the map explains."""

    num_shared: int
    explained: float


def transplant(name: str, language_model: str, target: Path) -> Transplanted:
    """Write checkpoint `name` to `target`, its projector moved to `language_model`.

    Raises:
        BadInput: the language model was trained along, the projector ends in a norm, or the two
            models share too few tokens.
    """
    donor = read_folder(name)
    _check_donor(donor)
    old = locate(str(donor.fields["text_model_id"]), beside=donor.folder)
    new = locate(language_model)
    old_ND, new_NE = _shared(old, new)
    if len(old_ND) < 2 * old_ND.shape[1]:
        raise BadInput(
            f"The two models share {len(old_ND):,} tokens, too few to fit {old_ND.shape[1]:,} "
            "directions; choose a language model with a nearer vocabulary."
        )
    is_out = torch.arange(len(old_ND)) % HELD_OUT_EVERY == 0
    map_DE = fitted(old_ND[~is_out], new_NE[~is_out])
    last = donor.tensors[LAST_LAYER]
    moved = (map_DE.T @ last.double()).to(last.dtype)
    text = text_config_of(read_json(new / "config.json"))
    assert text is not None
    fields: dict[str, Any] = {
        "text_model_id": str(new) if Path(language_model).is_dir() else language_model,
        "vocab_size": text.get_text_config().vocab_size,
        "initializer_range": getattr(text.get_text_config(), "initializer_range", None),
        "audio_token_index": None,
        "pad_token_id": None,
    }
    write_folder(donor, target, tensors=donor.tensors | {LAST_LAYER: moved}, fields=fields)
    for file in TOKENIZER_FILES:  # the new model's own is read instead
        (target / file).unlink(missing_ok=True)
    return Transplanted(len(old_ND), _explained(old_ND[is_out] @ map_DE, new_NE[is_out]))


def fitted(from_ND: Tensor, to_NE: Tensor) -> Tensor:
    """The linear map (D, E) that takes the rows of one table nearest to those of the other."""
    square = from_ND.T @ from_ND
    ridge = RIDGE * square.diagonal().mean() * torch.eye(len(square), dtype=square.dtype)
    return torch.linalg.solve(square + ridge, from_ND.T @ to_NE)


def _check_donor(donor: CheckpointFolder) -> None:
    if donor.fields.get("text_model_id") is None:
        raise BadInput(
            f"{donor.folder.name} holds a language model of its own; its projector fits no other."
        )
    if LAST_LAYER not in donor.tensors or not donor.fields.get("projector_ln_mid"):
        raise BadInput(
            f"The projector of {donor.folder.name} does not end in a linear layer (it is of v0.4); "
            "only later ones can be moved."
        )
    if any(name.startswith("language_model.") for name in donor.tensors):
        raise BadInput(
            f"{donor.folder.name} trained its language model along; merge is all it can."
        )


def _shared(old: Path, new: Path) -> tuple[Tensor, Tensor]:
    """The embeddings of the tokens that both vocabularies hold, in the order of their names."""
    vocabularies = [_vocabulary(folder) for folder in (old, new)]
    tables = [_table(folder) for folder in (old, new)]
    names = sorted(set(vocabularies[0]) & set(vocabularies[1]))
    rows = [[vocabulary[name] for name in names] for vocabulary in vocabularies]
    old_ND, new_NE = (table[ids].double() for table, ids in zip(tables, rows, strict=True))
    return old_ND, new_NE


def _vocabulary(folder: Path) -> dict[str, int]:
    from transformers import AutoTokenizer

    found: dict[str, int] = AutoTokenizer.from_pretrained(folder).get_vocab()
    return found


def _table(folder: Path) -> Tensor:
    tensors = read_tensors(folder, lambda name: name.endswith(TABLES))
    if not tensors:
        raise BadInput(f"{folder} holds no table of tokens under a name we know.")
    return next(iter(tensors.values()))


def _explained(made_NE: Tensor, wanted_NE: Tensor) -> float:
    missed = (made_NE - wanted_NE).square().sum()
    spread = (wanted_NE - wanted_NE.mean(0)).square().sum()
    return float(1 - missed / spread)
