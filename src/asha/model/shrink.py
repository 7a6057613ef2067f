"""Exported weights in fewer bits."""

from pathlib import Path
from typing import Literal

import numpy as np

from asha.core.opt_outs import opt_out
from asha.model.tensors import read_json, write_json

Precision = Literal["fp32", "fp16", "int8"]

SMALLEST_HALVED = 1_024  # numbers; biases and norms stay as they are


def shrink(folder: Path, precision: Precision) -> None:
    """Turn an exported folder from fp32 into int8 or fp16; the token table gets 16 bits in both."""
    for name in ("encoder", "projector", "language_model"):
        (_quantise if precision == "int8" else _halve)(folder / f"{name}.onnx")
    table = np.load(folder / "embeddings.npy")
    np.save(folder / "embeddings.npy", table.astype(np.float16))
    write_json(
        folder / "engine.json", {**read_json(folder / "engine.json"), "precision": precision}
    )


def _quantise(path: Path) -> None:
    """Weights of matrix products to 8 bits, in place.

    Seven of the eight bits are used: CPUs without VNNI would overflow with all of them.
    """
    opt_out()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = path.with_suffix(".int8")
    quantize_dynamic(
        path,
        small,
        op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8,
        reduce_range=True,
        extra_options={"MatMulConstBOnly": True},
    )
    small.replace(path)


def _halve(path: Path) -> None:
    """Weights stored in 16 bits, in place, and widened when the graph is opened."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path)
    for tensor in list(graph.graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < SMALLEST_HALVED:
            continue
        values, name = numpy_helper.to_array(tensor), tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_16"))
        cast = onnx.helper.make_node("Cast", [f"{name}_16"], [name], to=onnx.TensorProto.FLOAT)
        graph.graph.node.insert(0, cast)
    onnx.save(graph, path)
