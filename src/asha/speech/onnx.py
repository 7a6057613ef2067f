"""ONNX graphs, opened for one thread: two on a shared machine wait for each other."""

from pathlib import Path
from typing import Any

from asha.core.opt_outs import opt_out


def onnx_session(path: Path) -> Any:
    """The graph in `path`, ready to run on the processor. Raises what onnxruntime raises."""
    opt_out()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Shapes grow with every step, and patterns remembered for each would pile up.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
