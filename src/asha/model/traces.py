"""What the exporter of torch writes beside a graph: where in whose folders each node came from."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def without_traces(path: Path) -> None:
    """Take stack traces and notes out of the ONNX file at `path`: they hold the machine's paths."""
    import onnx

    model = onnx.load(path)
    _clear([model, model.graph, *_parts(model.graph)])
    for function in model.functions:
        _clear([function, *function.node, *function.value_info])
    onnx.save(model, path)


def _parts(graph: Any) -> list[Any]:
    return [*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]


def _clear(parts: Iterable[Any]) -> None:
    for part in parts:
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
        part.doc_string = ""
