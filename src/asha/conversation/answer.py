"""How much of an answer was said, and which words of it were heard."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class SaidPhrase:
    """A phrase of an answer; its sound begins at `start_ms` of the answer's sound."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(slots=True)
class Answer:
    """The answer as it leaves: phrases and the sound sent so far."""

    phrases: list[SaidPhrase] = field(default_factory=list)
    sent_ms: float = 0.0

    @property
    def text(self) -> str:
        """Everything that was written."""
        return "".join(phrase.text for phrase in self.phrases).strip()

    def begin(self, text: str) -> None:
        """A phrase begins where the sound stands."""
        self.phrases.append(SaidPhrase(text, self.sent_ms, self.sent_ms))

    def add(self, sound_ms: float) -> None:
        """More sound of the latest phrase."""
        self.sent_ms += sound_ms
        if self.phrases:
            self.phrases[-1].end_ms = self.sent_ms


def heard_text(phrases: list[SaidPhrase], heard_ms: float) -> str:
    """The words heard by `heard_ms`: a phrase that was cut counts up to its last whole word."""
    heard = ""
    for phrase in phrases:
        if heard_ms >= phrase.end_ms and phrase.end_ms > phrase.start_ms:
            heard += phrase.text
            continue
        length_ms = phrase.end_ms - phrase.start_ms
        share = max(0.0, heard_ms - phrase.start_ms) / length_ms if length_ms else 0.0
        cut = phrase.text[: int(len(phrase.text) * min(1.0, share))]
        heard += cut if cut == phrase.text else cut[: cut.rfind(" ") + 1]
        break
    return heard.strip()
