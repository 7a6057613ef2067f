"""Libraries that would tell their makers what runs here are told not to."""

import os

# onnxruntime's official builds send the names, hashes and timings of models, with an id of the
# machine that they keep in its cache; huggingface_hub sends who asks. Read when they are loaded.
OPT_OUTS = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def opt_out() -> None:
    """Before such a library is imported, here and in processes started from here.

    Whoever has set one of the variables otherwise is obeyed.
    """
    for name, value in OPT_OUTS.items():
        os.environ.setdefault(name, value)
