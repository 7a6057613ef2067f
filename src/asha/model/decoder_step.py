"""A Llama-shaped language model with its cache as input and output: what is exported.

Legend: L new tokens, P cached ones, H heads, G key/value heads, N width of a head, D width,
V vocabulary. The leading 1 is the batch. Caches are one tensor per layer, each (1, G, P, N).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from asha.core.errors import BadCheckpoint

Cache = list[Tensor]


class DecoderStep(nn.Module):
    """Shares the weights of a loaded `LlamaForCausalLM`.

    Raises:
        BadCheckpoint: the language model is of another family.
    """

    def __init__(self, language_model: Any) -> None:
        super().__init__()
        config = language_model.config
        if config.model_type != "llama" or config.hidden_act != "silu":
            raise BadCheckpoint(
                f"Only Llama-shaped language models can be exported, not {config.model_type!r}; "
                "serve others with vLLM."
            )
        self.layers = language_model.model.layers
        self.norm = language_model.model.norm
        self.lm_head = language_model.lm_head
        self.num_groups = config.num_key_value_heads
        self.repeats = config.num_attention_heads // config.num_key_value_heads
        self.head_width = config.head_dim
        self.epsilon = config.rms_norm_eps
        rotary = language_model.model.rotary_emb
        self.rates_N: Tensor
        self.register_buffer("rates_N", rotary.inv_freq.float().clone(), persistent=False)
        self.rotary_scale = float(rotary.attention_scaling)

    def forward(
        self, embeds_1LD: Tensor, keys: Cache, values: Cache
    ) -> tuple[Tensor, Cache, Cache]:
        """Logits of the last new token, shape (1, V), and the caches with the new tokens."""
        num_past, num_new = keys[0].shape[2], embeds_1LD.shape[1]
        places_K = torch.arange(num_past + num_new, device=embeds_1LD.device)
        places_L = places_K[num_past:]
        angles_LN = places_L[:, None].float() * self.rates_N[None]
        turns = (angles_LN.cos() * self.rotary_scale, angles_LN.sin() * self.rotary_scale)
        bias_LK = torch.where(places_K[None] <= places_L[:, None], 0.0, -1e9)
        x, new_keys, new_values = embeds_1LD, [], []
        for layer, *past in zip(self.layers, keys, values, strict=True):
            x, key, value = self._layer(layer, x, (past[0], past[1]), turns, bias_LK)
            new_keys.append(key)
            new_values.append(value)
        logits_1V = self.lm_head(self._normed(self.norm, x[:, -1:]))[:, 0]
        return logits_1V, new_keys, new_values

    def empty_cache(self, num_tokens: int = 0) -> Cache:
        """Keys (or values) that say nothing, each of shape (1, G, P, N)."""
        one = torch.zeros(1, self.num_groups, num_tokens, self.head_width)
        return [one.clone() for _ in self.layers]

    def _layer(
        self,
        layer: Any,
        x_1LD: Tensor,
        past: tuple[Tensor, Tensor],
        turns: tuple[Tensor, Tensor],
        bias_LK: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        attention = layer.self_attn
        normed = self._normed(layer.input_layernorm, x_1LD)
        queries = _turned(self._heads(attention.q_proj(normed)), turns)
        keys = torch.cat([past[0], _turned(self._heads(attention.k_proj(normed)), turns)], dim=2)
        values = torch.cat([past[1], self._heads(attention.v_proj(normed))], dim=2)
        wide = [part.repeat_interleave(self.repeats, dim=1) for part in (keys, values)]
        if self.repeats == 1:
            wide = [keys, values]
        weights = queries @ wide[0].transpose(2, 3) * self.head_width**-0.5 + bias_LK
        mixed = (weights.softmax(-1) @ wide[1]).transpose(1, 2).flatten(2)
        x_1LD = x_1LD + attention.o_proj(mixed)
        normed = self._normed(layer.post_attention_layernorm, x_1LD)
        gated = functional.silu(layer.mlp.gate_proj(normed)) * layer.mlp.up_proj(normed)
        return x_1LD + layer.mlp.down_proj(gated), keys, values

    def _heads(self, x_1LD: Tensor) -> Tensor:
        return x_1LD.unflatten(2, (-1, self.head_width)).transpose(1, 2)

    def _normed(self, norm: Any, x: Tensor) -> Tensor:
        return norm.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon))


def _turned(x_1HLN: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions, as Llama has them: the two halves of a head are the pairs."""
    cosines, sines = turns
    first, second = x_1HLN.chunk(2, dim=-1)
    return torch.cat([first * cosines - second * sines, second * cosines + first * sines], dim=-1)
