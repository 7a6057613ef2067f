"""Nano's tokenizer: byte-pair encoding over the seven tracks' scripts, trained on the grammar."""

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from asha.core.language import TAGS
from asha.data.grammar import grammar
from asha.data.intents import call_tokens
from asha.data.sentences import Writing, any_sentence
from asha.data.shards import NOISE_SAYS

PAD, UNKNOWN, BOS, EOT = "<|pad|>", "<|unk|>", "<|bos|>", "<|eot|>"
USER, ASHA, AUDIO = "<|user|>", "<|asha|>", "<|audio|>"
AUTO = "auto"
NUM_BYTES = 256
SPACE = "▁"
SEAM = "\u2060"  # WORD JOINER: in training, a place where a word is taken apart; never typed
SAMPLES_PER_TRACK = 6_000
WRITINGS: tuple[Writing, ...] = ("words", "words", "digits", "romanised")


def special_tokens() -> list[str]:
    """Every token that is never made of letters, in the order of their ids."""
    replies = [f"<|{tag}|>" for tag in (AUTO, *TAGS)]
    # "auto" and a language's own tag may also be values of a call: those are spelled <|=tag|>.
    return [PAD, UNKNOWN, BOS, EOT, USER, ASHA, AUDIO, NOISE_SAYS, *replies, *call_tokens()]


def train_tokenizer(size: int, tags: Iterable[str], *, seed: int) -> Tokenizer:
    """A tokenizer of `size` tokens, the special ones and the 256 bytes included."""
    specials = special_tokens()
    bytes_ = [f"<0x{value:02X}>" for value in range(NUM_BYTES)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pieces()
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(specials) - NUM_BYTES, show_progress=False, min_frequency=4
    )
    tokenizer.train_from_iterator(corpus(tags, Random(f"{seed} tokens")), trainer)
    learnt = tokenizer.get_vocab()
    ordered = [*specials, *bytes_, *sorted(learnt, key=lambda token: learnt[token])]
    merges = _merges(tokenizer)
    made = Tokenizer(
        models.BPE(
            vocab={token: index for index, token in enumerate(ordered)},
            merges=merges,
            unk_token=UNKNOWN,
            byte_fallback=True,
        )
    )
    made.pre_tokenizer = _pieces()
    made.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    made.add_special_tokens([AddedToken(token, normalized=False) for token in specials])
    return made


def corpus(tags: Iterable[str], chance: Random) -> Iterable[str]:
    """What the tokenizer learns from: requests in every writing, and the replies."""
    for tag in tags:
        for _ in range(SAMPLES_PER_TRACK):
            yield any_sentence(tag, chance, writing=chance.choice(WRITINGS)).text
        for talk in grammar(tag).intents.values():
            for lines in talk.reply.values():
                for line in lines:
                    yield from [line] * 10


def prompt_ids(tokenizer: Tokenizer, text: str, reply: str) -> list[int]:
    """`<|bos|><|reply|><|user|>text<|asha|>`: what the model is given before it answers."""
    start = [token_id(tokenizer, token) for token in (BOS, f"<|{reply}|>", USER)]
    return [*start, *tokenizer.encode(text).ids, token_id(tokenizer, ASHA)]


def target_ids(tokenizer: Tokenizer, target: str) -> list[int]:
    """What it shall answer, its end included."""
    return [*tokenizer.encode(target).ids, token_id(tokenizer, EOT)]


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """The id of a token that is there."""
    found = tokenizer.token_to_id(token)
    assert found is not None, token
    return int(found)


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """As tokenizer.json."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))


def _pieces() -> pre_tokenizers.PreTokenizer:
    """Words with their space in front; every digit by itself."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="first"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(SEAM, behavior="removed"),
        ]
    )


def _merges(tokenizer: Tokenizer) -> list[tuple[str, str]]:
    """The pairs it learnt to join, in order; older files write them as one text."""
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    pairs = (pair.split(" ") if isinstance(pair, str) else pair for pair in merges)
    return [(left, right) for left, right in pairs]
