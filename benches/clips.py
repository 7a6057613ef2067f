"""Clips for the benchmarks: everyday requests spoken by eSpeak NG, made at run time."""

from dataclasses import dataclass
from random import Random

import numpy as np

from asha.core.audio import Clip, pcm_of, samples_of
from asha.core.language import TAGS, language
from asha.providers.tts.espeak import EspeakTTS
from asha.speech.sound_file import resampled

RATE_HZ = 16_000
LEAD_MS, TAIL_MS = 400, 1_900
ROOM_DBFS = -62.0  # microphone noise
PER_TRACK = 15

# Own sentences, one line a request; the mark | is where a speaker may stop to think.
LINES: dict[str, tuple[str, ...]] = {
    "hi": (
        "कल सुबह | सात बजे मुझे | जगा दीजिए",
        "आज का | मौसम कैसा | रहेगा बताइए",
        "मेरी सूची में | दूध और चावल | लिख लीजिए",
        "मुंबई से पुणे | कितनी दूर | है",
        "माँ को फ़ोन करना | शाम को छह बजे | याद दिलाना",
        "रविवार को | मेरी दादी का | जन्मदिन है याद रखना",
        "पंद्रह मिनट का | टाइमर | शुरू कर दो",
        "तीन सौ पचास में से | एक सौ बीस | घटाओ",
    ),
    "en-IN": (
        "please set an alarm | for half past six | in the morning",
        "what is | fifteen percent of | four hundred rupees",
        "remind me to | pay the electricity bill | this evening",
        "tell me the | capital of | Rajasthan",
        "how many | kilometres are there in | ten miles",
        "can you tell me | what day it is | tomorrow",
        "add milk and eggs | to my | shopping list",
        "I want to know | the meaning of | this word",
    ),
    "gu": (
        "કાલે સવારે | સાત વાગ્યે મને | જગાડજો",
        "મારી યાદીમાં | દૂધ અને ચોખા | લખી લો",
        "ગુજરાતની | રાજધાની કઈ | છે",
        "સાંજે છ વાગ્યે | દવા લેવાનું | યાદ કરાવજો",
        "પાંચ મિનિટનું | ટાઇમર | શરૂ કરો",
        "મને કહો કે | આજે કયો | વાર છે",
        "અમદાવાદથી સુરત | કેટલું દૂર | છે",
        "બસો રૂપિયાના | દસ ટકા | કેટલા થાય",
    ),
    "ta": (
        "நாளை காலை | ஏழு மணிக்கு என்னை | எழுப்பு",
        "என் பட்டியலில் | பால் அரிசி | சேர்த்துவிடு",
        "தமிழ்நாட்டின் | தலைநகரம் எது | சொல்லுங்கள்",
        "மாலை ஆறு மணிக்கு | மருந்து சாப்பிட | நினைவூட்டு",
        "ஐந்து நிமிடத்துக்கு | டைமர் | வை",
        "இன்று என்ன | கிழமை என்று | சொல்",
        "சென்னையிலிருந்து மதுரை | எவ்வளவு தூரம் | இருக்கும்",
        "இருநூறு ரூபாயில் | பத்து சதவீதம் | எவ்வளவு",
    ),
    "te": (
        "రేపు ఉదయం | ఏడు గంటలకు నన్ను | లేపండి",
        "నా జాబితాలో | పాలు బియ్యం | రాయండి",
        "తెలంగాణ | రాజధాని ఏది | చెప్పండి",
        "సాయంత్రం ఆరు గంటలకు | మందు వేసుకోవాలని | గుర్తు చేయండి",
        "ఐదు నిమిషాలకు | టైమర్ | పెట్టండి",
        "ఈరోజు ఏ | వారమో | చెప్పండి",
        "హైదరాబాద్ నుంచి విజయవాడ | ఎంత దూరం | ఉంటుంది",
        "రెండు వందల రూపాయల్లో | పది శాతం | ఎంత",
    ),
    "mr": (
        "उद्या सकाळी | सात वाजता मला | उठवा",
        "माझ्या यादीत | दूध आणि तांदूळ | लिहून घ्या",
        "महाराष्ट्राची | राजधानी कोणती | आहे",
        "संध्याकाळी सहा वाजता | औषध घ्यायची | आठवण करा",
        "पाच मिनिटांचा | टायमर | लावा",
        "आज कोणता | वार आहे ते | सांगा",
        "मुंबईहून नाशिक | किती लांब | आहे",
        "दोनशे रुपयांचे | दहा टक्के | किती होतात",
    ),
    "hi-Latn": (
        "kal subah | saat baje mujhe | jaga dena",
        "meri list mein | doodh aur chawal | likh lo",
        "rajasthan ki | rajdhani kya | hai",
        "shaam ko chhe baje | dawai lene ki | yaad dilana",
        "paanch minute ka | timer | laga do",
        "aaj kaun sa | din hai | batao",
        "delhi se jaipur | kitni door | hai",
        "do sau rupaye ka | das percent | kitna hota hai",
    ),
}


@dataclass(frozen=True)
class Spoken:
    """A clip: silence, speech, silence. Positions in ms."""

    tag: str
    text: str
    pcm: bytes
    speech_start_ms: float
    speech_end_ms: float
    pieces: tuple[tuple[str, float], ...]  # between pauses: words, and how long they are voiced
    pause_start_ms: float = 0.0
    pause_ms: int = 0


def known_tags() -> list[str]:
    """The tracks whose language file is there."""
    found = []
    for tag in TAGS:
        try:
            language(tag)
        except OSError:
            continue
        found.append(tag)
    return found


async def spoken_clips(tts: EspeakTTS, *, tags: list[str]) -> list[Spoken]:
    """Every line of `tags` as one clip without a pause."""
    return [await _clip(tts, tag, line.replace("| ", "")) for tag in tags for line in LINES[tag]]


def hesitant_clips(
    *, tags: list[str], pauses_ms: list[int], per_track: int = PER_TRACK
) -> list[Spoken]:
    """So many clips a track, each stopped at one mark of a line, with pauses in turn.

    Every clip has another voice of those that nothing here was trained or tuned on.
    """
    from asha.data.synthesis import HELD_OUT_VARIANTS, Synthesiser, any_speaker

    synthesiser, chance, clips = Synthesiser(), Random(7), list[Spoken]()
    for tag in tags:
        marked = [(line, cut) for line in LINES[tag] for cut in range(1, line.count("|") + 1)]
        for line, cut in marked[:per_track]:
            pieces = [piece.strip() for piece in line.split("|")]
            halves = [" ".join(pieces[:cut]), " ".join(pieces[cut:])]
            speaker = any_speaker(tag, HELD_OUT_VARIANTS, chance)
            sounds = [synthesiser.speak(half, speaker) for half in halves]
            pause_ms = pauses_ms[len(clips) % len(pauses_ms)]
            clips.append(_joined(tag, halves, sounds, pause_ms))
    synthesiser.close()
    return clips


async def _clip(tts: EspeakTTS, tag: str, text: str) -> Spoken:
    return _joined(tag, [text], [await _speech(tts, tag, text)], 0)


def _joined(tag: str, pieces: list[str], sounds: list[np.ndarray], pause_ms: int) -> Spoken:
    rng = np.random.default_rng(len(pieces[0]))
    parts = [np.zeros(LEAD_MS * RATE_HZ // 1_000, np.float32)]
    for number, sound in enumerate(sounds):
        if number:
            parts.append(np.zeros(pause_ms * RATE_HZ // 1_000, np.float32))
        parts.append(sound)
    speech_end = sum(map(len, parts))
    parts.append(np.zeros(TAIL_MS * RATE_HZ // 1_000, np.float32))
    whole = np.concatenate(parts)
    noise = rng.standard_normal(len(whole)) * 10 ** (ROOM_DBFS / 20)
    return Spoken(
        tag=tag,
        text=" ".join(pieces),
        pcm=pcm_of((whole + noise).astype(np.float32)),
        speech_start_ms=LEAD_MS,
        speech_end_ms=speech_end * 1_000 / RATE_HZ,
        pieces=tuple(
            (piece, _voiced_ms(sound)) for piece, sound in zip(pieces, sounds, strict=True)
        ),
        pause_start_ms=LEAD_MS + len(sounds[0]) * 1_000 / RATE_HZ,
        pause_ms=pause_ms,
    )


async def _speech(tts: EspeakTTS, tag: str, text: str) -> np.ndarray:
    """`text` as sound at 16 kHz without silence around it."""
    pcm = b"".join([chunk.pcm async for chunk in tts.speak(text, language=language(tag))])
    samples = resampled(Clip(samples_of(pcm), tts.rate_hz), rate_hz=RATE_HZ).samples
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1]


def _voiced_ms(samples: np.ndarray) -> float:
    """How much of it the recogniser's double counts as speech (8 ms steps above -45 dBFS)."""
    step = RATE_HZ // 125
    levels = [np.sqrt(np.mean(samples[at : at + step] ** 2)) for at in range(0, len(samples), step)]
    return 8.0 * sum(level > 10 ** (-45 / 20) for level in levels)
