"""Numbers as words, from the word table of a language: 1,25,000, 21st, 1947, 5:30.

Pure functions of a number and a Language; nothing is read from a text here.
"""

import unicodedata

from asha.core.language import Language, Pair, Scale

THOUSAND, LAKH, CRORE, ARAB = 1_000, 100_000, 10_000_000, 1_000_000_000
MAX_DIGITS = 40  # longer numbers are read digit by digit


def cardinal(n: int, language: Language) -> str:
    """`n` in words, Indian grouping: 125000 -> "one lakh twenty five thousand".

    Raises:
        ValueError: more than 40 digits; read those with `digits`.
    """
    if abs(n) >= 10**MAX_DIGITS:
        raise ValueError(f"{MAX_DIGITS} digits at most; read longer numbers digit by digit")
    if n < 0:
        return f"{language.numbers.minus} {cardinal(-n, language)}"
    return _words(n, language, followed=False)


def counting(n: int, language: Language) -> str:
    """`n` directly before what it counts, where that differs (Tamil 1 -> ஒரு, not ஒன்று)."""
    return before_noun(cardinal(n, language), language)


def before_noun(words: str, language: Language) -> str:
    """The form of number words before a noun: the whole number, else its last word."""
    rule = language.numbers.before_noun
    if rule is None:
        return words
    below_100 = language.numbers.below_100
    for number, form in rule.exact.items():
        if int(number) < len(below_100) and words == below_100[int(number)]:
            return form
    head, gap, last = words.rpartition(" ")
    return head + gap + rule.last_word.get(last, last)


def digits(text: str, language: Language) -> str:
    """The digits of `text` (of any script) one by one; all else is left out."""
    names = language.numbers.digits
    return " ".join(names[int(char)] for char in text if char.isdecimal())


def ordinal(n: int, language: Language, *, attributive: bool = False) -> str:
    """`n`th; `attributive` is the form before a noun, where the language has one."""
    table = language.ordinals
    exact, suffix = table.exact, table.suffix
    if attributive and table.suffix_attributive:
        exact, suffix = table.exact_attributive, table.suffix_attributive
    if word := exact.get(str(n)):
        return word
    last = n % 100
    if n > 100 and last >= table.last_part_from and (word := exact.get(str(last))):
        return _words(n - last, language, followed=True) + language.numbers.joiner + word
    return glue(cardinal(n, language), suffix)


def inflected(words: str, suffix: str, language: Language) -> str:
    """An ordinal with the gender and case of the suffix that was written: आठवाँ, वीं -> आठवीं."""
    ending = language.ordinals.endings.get(suffix)
    if ending is None:
        return words
    end = len(words)
    while end and unicodedata.category(words[end - 1]) in ("Mc", "Mn"):
        end -= 1
    return words[:end] + ending


def year(n: int, language: Language) -> str:
    """A year as people say it: 1947 -> "nineteen forty seven", 2005 -> "two thousand five"."""
    numbers = language.numbers
    by_hundreds = any(first <= n <= last for first, last in numbers.years_by_hundreds)
    if not (numbers.year_hundreds and by_hundreds):
        return cardinal(n, language)
    high, low = cardinal(n // 100, language), cardinal(n % 100, language)
    if n % 100 == 0:
        form = numbers.year_exact or numbers.year_form
        return form.format(high=high, low="").strip()
    form = numbers.year_below_ten if n % 100 < 10 and numbers.year_below_ten else numbers.year_form
    return form.format(high=high, low=low)


def clock(hour: int, minute: int, language: Language, *, part: str = "", word: str = "") -> str:
    """A time of day: (5, 30) -> "साढ़े पाँच बजे".

    Args:
        hour: 0 to 23; said on the 12-hour clock.
        minute: 0 to 59.
        language: whose words.
        part: the part of the day, said where the language puts it ("शाम", "P M").
        word: the clock word as it was written, where it carries a case ending (மணிக்கு).
    """
    time = language.time
    form = _clock_form(hour % 12 or 12, minute, language)
    forms = time.clock_forms.get(word)
    if hour % 12 == 1:
        forms = time.clock_forms_one.get(word, forms)
    own = clock_word(language)
    if forms and form in (time.hour, time.hour_minute, time.hour_one, time.hour_minute_one):
        form = forms[1] if minute else forms[0]
    elif own and word[-1:] != "." and not word.isascii() and form.endswith(own):
        form = form.removesuffix(own) + word  # साडेदहा वाजता -> साडेदहा वाजेपर्यंत
    if minute < 10 and time.minute_below_ten:
        minute_words = time.minute_below_ten.format(m=cardinal(minute, language))
    else:
        minute_words = counting(minute, language)
    said = form.format(
        h=counting(hour % 12 or 12, language),
        m=minute_words,
        next=counting(hour % 12 + 1, language),
    )
    return time.with_part.format(part=part, time=said) if part else said


def part_of_day(hour: int, language: Language) -> str:
    """The part of the day that `hour` (0 to 23) falls into: 17 -> "शाम"."""
    parts = language.time.parts
    names = [name for start, name in parts if hour >= start]
    return names[-1] if names else parts[-1][1]


def glue(word: str, ending: str) -> str:
    """`word` with an ending joined on; a vowel sign replaces a final virama, short u or short i."""
    if ending and word and unicodedata.category(ending[0]) in ("Mc", "Mn"):
        final = unicodedata.name(word[-1], "")
        if final.endswith(("SIGN VIRAMA", "VOWEL SIGN U", "VOWEL SIGN I")):
            word = word[:-1]
    return word + ending


def clock_word(language: Language) -> str:
    """The clock word of the plain hour: "{h} बजे" -> "बजे"; empty in English."""
    return language.time.hour.replace("{h}", "").strip()


def _clock_form(hour: int, minute: int, language: Language) -> str:
    """The pattern for this time; hour is 1 to 12."""
    time = language.time
    if minute == 0:
        return time.hour_one if hour == 1 and time.hour_one else time.hour
    named = {
        15: time.quarter_past_one if hour == 1 else time.quarter_past,
        30: {1: time.half_one, 2: time.half_two}.get(hour) or time.half,
        45: time.quarter_to_one if hour == 12 else time.quarter_to,
    }
    plain = time.hour_minute_one if hour == 1 and time.hour_minute_one else time.hour_minute
    return named.get(minute) or plain


def _words(n: int, language: Language, *, followed: bool) -> str:
    """`n` >= 0; `followed` asks for the form that more of the same number follows."""
    numbers = language.numbers
    scales: list[tuple[int, Scale]] = [(CRORE, numbers.crore), (LAKH, numbers.lakh)]
    if numbers.arab is not None:
        scales.insert(0, (ARAB, numbers.arab))
    parts: list[str] = []
    for size, scale in scales:
        multiplier, n = divmod(n, size)
        if multiplier:
            more = followed or n > 0
            parts.append(_scaled(multiplier, scale.one, scale.many, language, more))
    multiplier, n = divmod(n, THOUSAND)
    if multiplier:
        more = followed or n > 0
        if pair := numbers.thousands_exact.get(str(multiplier)):
            parts.append(pair[more])
        else:
            one, many = numbers.thousand.one, numbers.thousand.many
            parts.append(_scaled(multiplier, one, many, language, more))
    multiplier, n = divmod(n, 100)
    if multiplier:
        parts.append(numbers.hundreds[multiplier - 1][followed or n > 0])
    if n or not parts:
        parts.append(numbers.below_100[n])
    return numbers.joiner.join(parts)


def _scaled(multiplier: int, one: Pair, many: Pair, language: Language, more: bool) -> str:
    if multiplier == 1:
        return one[more]
    words = before_noun(_words(multiplier, language, followed=False), language)
    return words + language.numbers.joiner + many[more]
