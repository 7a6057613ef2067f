/** The seven tracks by their own names, and things to say in each (data in examples/). */

import enIN from "./examples/en-IN.json" with { type: "json" };
import gu from "./examples/gu.json" with { type: "json" };
import hi from "./examples/hi.json" with { type: "json" };
import hiLatn from "./examples/hi-Latn.json" with { type: "json" };
import mr from "./examples/mr.json" with { type: "json" };
import ta from "./examples/ta.json" with { type: "json" };
import te from "./examples/te.json" with { type: "json" };

export interface Tongue {
  tag: string;
  /** In its own script. */
  name: string;
  examples: string[];
}

export const TONGUES: readonly Tongue[] = [
  { tag: "hi-Latn", name: "Hinglish", examples: hiLatn },
  { tag: "hi", name: "हिन्दी", examples: hi },
  { tag: "en-IN", name: "English", examples: enIN },
  { tag: "gu", name: "ગુજરાતી", examples: gu },
  { tag: "mr", name: "मराठी", examples: mr },
  { tag: "ta", name: "தமிழ்", examples: ta },
  { tag: "te", name: "తెలుగు", examples: te },
];

/** What to offer to say: the chosen language's, or for "auto" one of each. */
export function examplesFor(tag: string): { tag: string; text: string }[] {
  const chosen = TONGUES.find((tongue) => tongue.tag === tag);
  if (chosen) return chosen.examples.map((text) => ({ tag: chosen.tag, text }));
  return TONGUES.map((tongue, i) => ({
    tag: tongue.tag,
    text: tongue.examples[i % tongue.examples.length] ?? "",
  }));
}

const SCRIPTS: readonly [RegExp, string[]][] = [
  [/\p{Script=Devanagari}/u, ["hi", "mr"]],
  [/\p{Script=Gujarati}/u, ["gu"]],
  [/\p{Script=Tamil}/u, ["ta"]],
  [/\p{Script=Telugu}/u, ["te"]],
];
const LATIN = ["en-IN", "hi-Latn"];

/** For the `lang` attribute: screen readers change their voice by it. */
export function langOf(text: string, known: string | null): string {
  return known ?? langAmong(text, []);
}

/** The first of the guesses that is written in the text's script; else the script's first track. */
export function langAmong(text: string, guesses: (string | null | undefined)[]): string {
  const tags = SCRIPTS.find(([script]) => script.test(text))?.[1] ?? LATIN;
  return guesses.find((guess) => guess && tags.includes(guess)) ?? tags[0] ?? "en-IN";
}

export const nameOf = (tag: string) => TONGUES.find((tongue) => tongue.tag === tag)?.name ?? tag;
