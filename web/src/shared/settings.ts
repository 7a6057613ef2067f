/** What this device remembers: never more than it must, and nothing that was said. */

import { useSyncExternalStore } from "react";

export interface Settings {
  interface: "en" | "hi";
  theme: "auto" | "light" | "dark";
  language: string;
  /** Who thinks and who speaks: ids of GET /v1/choices, or Asha's own choice. */
  model: string;
  voice: string;
  sessionId: string | null;
  pushToTalk: boolean;
  browserEars: boolean | null;
  /** Half-duplex: Asha does not listen while she speaks. Null: nobody has been asked. */
  takesTurns: boolean | null;
}

const KEY = "asha.settings";

function first(): Settings {
  const isHindi = navigator.languages?.some((tag) => tag.startsWith("hi")) ?? false;
  return {
    interface: isHindi ? "hi" : "en",
    theme: "auto",
    language: "auto",
    model: "auto",
    voice: "auto",
    sessionId: null,
    pushToTalk: false,
    browserEars: null,
    takesTurns: null,
  };
}

function load(): Settings {
  try {
    return { ...first(), ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return first(); // private windows may refuse storage
  }
}

let current = load();
const listeners = new Set<() => void>();

export const settings = {
  get: () => current,
  set(change: Partial<Settings>): void {
    current = { ...current, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(current));
    } catch {
      // the settings live as long as the page, then
    }
    for (const listener of listeners) listener();
  },
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSettings = () => useSyncExternalStore(subscribe, settings.get);
