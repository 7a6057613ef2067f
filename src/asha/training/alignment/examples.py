"""From a row to what the model learns: the prompt with its sound, its twin in words, the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from torch import Tensor

from asha.data.problem import Problem
from asha.data.prompts import SOUND, Prompts, noise_in_words
from asha.data.rows import answer_of, as_clip
from asha.data.sample import Sample
from asha.data.shards import NOISE_SAYS
from asha.model.batch import ALTERNATIVE, IGNORED_LABEL, pad_samples
from asha.model.processor import AudioProcessor
from asha.model.samples import training_sample
from asha.model.tokens import PLACEHOLDER
from asha.training.alignment.recipe import Learn
from asha.training.alignment.sets import OpenSet

Fields = dict[str, Tensor]
TEXT_FIELDS = ("input_ids", "attention_mask", "labels")


@dataclass(frozen=True, slots=True)
class Examples:
    """Makes them: what a run file says, applied to one row after the other."""

    processor: AudioProcessor
    learn: Learn
    prompts: Prompts

    def of(self, sample: Sample, source: OpenSet, chance: Random) -> Fields | Problem:
        """The fields of one row; a row that cannot be learnt from says why."""
        table = source.table
        answer = _answer(sample, source)
        if not answer:
            return Problem("sound without text", sample.name, f"no answer to {table.task} for it")
        clip = as_clip(sample)
        if clip.duration_s > table.max_s:
            return Problem(
                "broken sound", sample.name, f"{clip.duration_s:.1f} s, more than {table.max_s:g} s"
            )
        words = noise_in_words() if table.task == "noise" else sample.text
        asked = self.prompts.line(table.task, sample.language, table.into, chance)
        if self.learn.text_only:
            return self._read(asked.replace(SOUND, words), answer)
        return self._heard(asked.replace(SOUND, PLACEHOLDER), clip.samples, words, answer)

    def batch(self, rows: Sequence[Fields]) -> Fields:
        """Rows padded on the left: then their answers end together, and few logits are made."""
        return pad_samples(rows, pad_token_id=self.processor.tokenizer.pad_token_id, side="left")

    def _read(self, asked: str, answer: str) -> Fields:
        messages = _messages(asked, answer)
        return self._cut(training_sample(self.processor, messages, (), learn=self._labels))

    def _heard(self, asked: str, samples: Any, words: str, answer: str) -> Fields:
        fields = training_sample(
            self.processor,
            _messages(asked, answer),
            [samples],
            learn=self._labels,
            transcripts=[words] if self.learn.loss == "kl" else None,
        )
        return self._cut(fields)

    @property
    def _labels(self) -> Any:
        return self.learn.labels

    def _cut(self, fields: Fields) -> Fields:
        """Without what lies beyond the longest answer."""
        if self.learn.labels != "last_assistant":
            return fields
        num_labels = int((fields["labels"] != IGNORED_LABEL).sum())
        surplus = num_labels - self.learn.max_answer_tokens
        if surplus <= 0:
            return fields
        prefixes = [""] + ([ALTERNATIVE] if f"{ALTERNATIVE}labels" in fields else [])
        names = [prefix + name for prefix in prefixes for name in TEXT_FIELDS]
        return fields | {name: fields[name][:, :-surplus] for name in names}


def _answer(sample: Sample, source: OpenSet) -> str:
    if source.table.task == "noise":
        return NOISE_SAYS
    if source.answers:
        return answer_of(sample, source.answers)
    return sample.others.get(source.table.column, "") if source.table.column else sample.text


def _messages(asked: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
