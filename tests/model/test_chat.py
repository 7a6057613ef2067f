"""A conversation: one prefill per turn, earlier sound kept, stopped between two tokens."""

from typing import Any

import pytest

from asha.core.audio import Clip
from asha.core.message import Message, Sound, Text, ToolCall, ToolResult, said
from asha.model.chat import Chat, Sampling
from asha.model.tokens import Spelling, spelled

from .conftest import noise

SHORT = Sampling(max_new_tokens=12)


def spoken(num_samples: int, seed: int = 0) -> Message:
    return Message("user", (Sound(Clip(noise(num_samples, seed))),))


def greedy(model: Any, processor: Any, text: str, clips: list[Any], count: int) -> str:
    fields = processor(text=text, audios=clips)
    made = model.generate(**fields, max_new_tokens=count, do_sample=False)
    new = made[0, fields["input_ids"].shape[1] :]
    return processor.decode(new, skip_special_tokens=True)


class Passes:
    """Counts how the language model is run: the number of new places of each pass."""

    def __init__(self, model: Any) -> None:
        self.lengths: list[int] = []
        self.hook = model.language_model.register_forward_pre_hook(self.count, with_kwargs=True)

    def count(self, _: Any, __: Any, kwargs: Any) -> None:
        self.lengths.append(kwargs["inputs_embeds"].shape[1])


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma2", "mistral"])
def test_a_turn_says_what_generate_says(toy: Any, processor_of: Any, family: str) -> None:
    model = toy(family)
    processor = processor_of(model)
    chat = Chat(model, processor)
    clips = [noise(40_000), noise(40_000, 1)]
    history = [spoken(40_000)]
    for turn in (1, 2):
        text = processor.apply_chat_template(
            [{"role": it.role, "content": it.text or "<|audio|>"} for it in history],
            add_generation_prompt=True,
        )
        reply = "".join(chat.reply(history, sampling=SHORT))
        assert reply.rstrip("\ufffd") == greedy(
            model, processor, text, clips[:turn], SHORT.max_new_tokens
        ).rstrip("\ufffd")
        history += [said("assistant", reply or "ok"), spoken(40_000, turn)]
    assert chat.num_reused > 0


def test_each_turn_is_prefilled_once_and_only_what_is_new(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat = Chat(model, processor_of(model))
    encoded: list[int] = []
    model.audio_tower.register_forward_hook(lambda *_: encoded.append(1))
    passes = Passes(model)
    history = [said("system", "You are Asha."), spoken(16_000)]
    list(chat.reply(history, sampling=SHORT))
    assert [length for length in passes.lengths if length > 1] == [chat.num_prefilled]
    first = chat.num_prefilled
    history += [said("assistant", "yes"), spoken(32_000, 1)]
    passes.lengths.clear()
    list(chat.reply(history, sampling=SHORT))
    assert [length for length in passes.lengths if length > 1] == [chat.num_prefilled]
    assert chat.num_reused >= first
    assert encoded == [1, 1]  # each clip once, however often it is part of a prompt
    passes.hook.remove()


def test_a_changed_history_is_computed_from_the_change_on(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat, afresh = (Chat(model, processor_of(model)) for _ in range(2))
    history = [spoken(16_000), said("assistant", "a long answer"), said("user", "go on")]
    list(chat.reply(history, sampling=SHORT))
    history[1] = said("assistant", "a long")  # the user interrupted and heard only this
    cut = "".join(chat.reply(history, sampling=SHORT))
    assert 0 < chat.num_prefilled < chat.num_reused + chat.num_prefilled
    assert cut == "".join(afresh.reply(history, sampling=SHORT))


def test_another_clip_in_the_same_place_is_heard(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat, afresh = (Chat(model, processor_of(model)) for _ in range(2))
    list(chat.reply([spoken(16_000)], sampling=SHORT))
    other = [spoken(16_000, 1)]
    assert list(chat.reply(other, sampling=SHORT)) == list(afresh.reply(other, sampling=SHORT))
    assert chat.num_reused < chat.num_prefilled


def test_a_reply_stops_between_two_tokens(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat, afresh = (Chat(model, processor_of(model)) for _ in range(2))
    passes = Passes(model)
    asked = [said("user", "count to ten")]
    pieces = chat.reply(asked, sampling=Sampling(max_new_tokens=100, temperature=1.0, seed=1))
    next(pieces)
    done = len(passes.lengths)
    pieces.close()
    assert len(passes.lengths) == done

    calls = iter([False, False, False, True])
    assert len(list(chat.reply(asked, sampling=SHORT, is_cancelled=lambda: next(calls)))) <= 3
    assert len(passes.lengths) == done + 3
    passes.hook.remove()
    assert list(chat.reply(asked, sampling=SHORT)) == list(afresh.reply(asked, sampling=SHORT))


def test_a_breakdown_in_the_middle_leaves_a_chat_that_works(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat, afresh = (Chat(model, processor_of(model)) for _ in range(2))
    asked = [said("user", "hello")]
    layer = model.language_model.model.layers[1]

    def break_down(*_: Any) -> None:
        raise RuntimeError("out of memory")

    hook = layer.register_forward_pre_hook(break_down)
    with pytest.raises(RuntimeError, match="out of memory"):
        list(chat.reply(asked, sampling=SHORT))
    hook.remove()
    assert list(chat.reply(asked, sampling=SHORT)) == list(afresh.reply(asked, sampling=SHORT))


def test_a_reply_ends_at_an_end_of_turn(toy: Any, processor_of: Any) -> None:
    model = toy()
    processor = processor_of(model)
    asked = [said("user", "hi")]
    first = next(iter(processor.tokenizer(next(Chat(model, processor).reply(asked)))["input_ids"]))
    model.generation_config.eos_token_id = [0, first]
    passes = Passes(model)
    assert list(Chat(model, processor).reply(asked, sampling=SHORT)) == []
    assert len(passes.lengths) == 1
    passes.hook.remove()


def test_typed_text_cannot_smuggle_in_a_place_for_sound(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat = Chat(model, processor_of(model))
    parts = (Text("<|audio|> look"), Sound(Clip(noise(3_200))))
    assert list(chat.reply([Message("user", parts)], sampling=SHORT)) is not None


def test_tools_calls_and_results_are_part_of_the_conversation(toy: Any, processor_of: Any) -> None:
    model = toy()
    chat = Chat(model, processor_of(model))
    history = [said("user", "what time is it?")]
    list(chat.reply(history, sampling=SHORT))
    before = chat.num_reused + chat.num_prefilled
    history += [
        Message("assistant", (ToolCall("1", "clock", '{"zone": "IST"}'),)),
        Message("tool", (ToolResult("1", '{"time": "10:00"}'),)),
    ]
    list(chat.reply(history, sampling=SHORT))
    assert chat.num_reused + chat.num_prefilled > before + 20


def test_a_seed_makes_drawn_replies_repeatable(toy: Any, processor_of: Any) -> None:
    model = toy()
    drawn = Sampling(max_new_tokens=12, temperature=1.0, top_p=0.9, seed=4)
    replies = [
        list(Chat(model, processor_of(model)).reply([spoken(8_000)], sampling=drawn))
        for _ in range(2)
    ]
    assert replies[0] == replies[1]


def test_half_a_letter_is_held_back_until_it_is_whole(processor: Any) -> None:
    for text in ("नमस्ते दुनिया", "வணக்கம் 👋🏽 ok", "  two  spaces"):
        spelling = Spelling(processor.tokenizer)
        pieces = [spelling.add(token) for token in processor.tokenizer(text)["input_ids"]]
        assert "".join(pieces) + spelling.rest() == text
        assert not any("\ufffd" in piece for piece in pieces)


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "வணக்கம் 👋🏽 ok"])
def test_a_reply_cut_inside_a_letter_reads_the_same_whole_and_in_pieces(
    processor: Any, text: str
) -> None:
    ids = processor.tokenizer(text)["input_ids"]
    for end in range(1, len(ids) + 1):
        spelling = Spelling(processor.tokenizer)
        pieces = "".join(spelling.add(token) for token in ids[:end]) + spelling.rest()
        assert spelled(processor.tokenizer, ids[:end]) == pieces
        assert "\ufffd" not in pieces
