/** Interface words: data in strings/, one file per language, with the same keys. */

import { settings, useSettings } from "./settings.ts";
import en from "./strings/en.json" with { type: "json" };
import hi from "./strings/hi.json" with { type: "json" };

export type Key = keyof typeof en;

const ALL: Record<"en" | "hi", Record<Key, string>> = { en, hi };

/** The words of the interface in the language the user chose. */
export function useWords(): (key: Key) => string {
  const words = ALL[useSettings().interface];
  return (key) => words[key];
}

/** A stage of a turn, by the service's name for it; a newer service may have others. */
export function useStageNames(): (stage: string) => string {
  const words = useWords();
  return (stage) => (`stage.${stage}` in en ? words(`stage.${stage}` as Key) : stage);
}

/** For dates and numbers. */
export const interfaceTag = () => (settings.get().interface === "hi" ? "hi-IN" : "en-IN");
