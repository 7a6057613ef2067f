"""eSpeak NG in a process of its own: it is GPL-3, holds global state, and could crash.

Run as a program; imports nothing of Asha. Reads one JSON request a line on stdin:
{"id", "text", "voice", "rate_wpm", "pitch"} and writes frames on stdout, each
`<id: u32> <kind: u8> <length: u32> <body>` with kind 0 sound (s16 little-endian mono),
1 end, 2 error (UTF-8 text).
"""

import ctypes
import json
import struct
import sys

import espeakng_loader

# From speak_lib.h of eSpeak NG 1.52.
AUDIO_OUTPUT_SYNCHRONOUS = 2
BUFFER_MS = 60
CHARS_UTF8 = 1
POS_CHARACTER = 1
PARAMETER_RATE = 1
PARAMETER_PITCH = 3
OK = 0

SOUND, END, ERROR = 0, 1, 2
FRAME = struct.Struct("<IBI")

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """The library, initialised; `rate_hz` is the rate of what it renders."""

    def __init__(self) -> None:
        self._library = ctypes.cdll.LoadLibrary(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate_hz = self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, data, 0)
        if self.rate_hz <= 0:
            raise RuntimeError("eSpeak NG could not be initialised; reinstall espeakng-loader.")
        self._request = 0
        self._callback = _Callback(self._on_sound)  # kept alive: the library holds only a pointer
        self._library.espeak_SetSynthCallback(self._callback)

    def _on_sound(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: int) -> int:
        if samples and count > 0:
            _write(self._request, SOUND, ctypes.string_at(samples, count * 2))
        return 0

    def speak(self, request: dict[str, object]) -> None:
        """Render one request; every return code is checked (a wrong voice keeps the last one)."""
        library = self._library
        self._request = int(str(request["id"]))
        voice = str(request["voice"])
        _check(library.espeak_SetVoiceByName(voice.encode()), f"there is no voice {voice!r}")
        rate, pitch = int(str(request["rate_wpm"])), int(str(request["pitch"]))
        _check(library.espeak_SetParameter(PARAMETER_RATE, rate, 0), f"no rate of {rate}")
        _check(library.espeak_SetParameter(PARAMETER_PITCH, pitch, 0), f"no pitch of {pitch}")
        text = str(request["text"]).encode()
        size = len(text) + 1
        code = library.espeak_Synth(text, size, 0, POS_CHARACTER, 0, CHARS_UTF8, None, None)
        _check(code, "the text could not be spoken")
        _check(library.espeak_Synchronize(), "the speech could not be finished")


def _check(code: int, otherwise: str) -> None:
    if code != OK:
        raise RuntimeError(f"{otherwise} (code {code})")


def _write(request: int, kind: int, body: bytes) -> None:
    sys.stdout.buffer.write(FRAME.pack(request, kind, len(body)) + body)
    sys.stdout.buffer.flush()


def main() -> None:
    """Serve requests until stdin closes."""
    espeak = Espeak()
    _write(0, END, str(espeak.rate_hz).encode())  # ready
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            espeak.speak(request)
            _write(int(request["id"]), END, b"")
        except RuntimeError as failure:
            _write(int(request["id"]), ERROR, str(failure).encode())


if __name__ == "__main__":
    main()
