/** The one conversation of this page; it goes on while other pages are looked at. */

import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { settings } from "../../shared/settings.ts";
import { Conversation, type Snapshot } from "./conversation.ts";

export interface Talking {
  conversation: Conversation;
  snapshot: Snapshot;
  /** Leave this conversation for another: a given one, or a new one. */
  begin: (sessionId: string | null) => void;
}

export const TalkContext = createContext<Talking | null>(null);

/** Opens the device's conversation, and keeps it in touch with network and screen. */
export function useOwnConversation(): Talking {
  const [conversation, setConversation] = useState(() => new Conversation());
  useEffect(() => {
    void conversation.open();
    const onVisible = () => {
      if (document.visibilityState === "visible") conversation.nudge();
    };
    addEventListener("online", conversation.nudge);
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      removeEventListener("online", conversation.nudge);
      document.removeEventListener("visibilitychange", onVisible);
      conversation.close();
    };
  }, [conversation]);
  const snapshot = useSyncExternalStore(conversation.subscribe, conversation.get);
  const begin = (sessionId: string | null) => {
    settings.set({ sessionId });
    setConversation(new Conversation());
  };
  return { conversation, snapshot, begin };
}

export function useTalk(): Talking {
  const talking = useContext(TalkContext);
  if (!talking) throw new Error("useTalk is used outside of its provider");
  return talking;
}

export type Mood =
  | "ready"
  | "asking"
  | "listening"
  | "hearing"
  | "thinking"
  | "speaking"
  | "paused"
  | "muted";

/** One word for what Asha does just now: what the shape shows and the status says. */
export function moodOf(snapshot: Snapshot): Mood {
  const { talk, ear, isSounding, isPaused } = snapshot;
  if (ear === "asking") return "asking";
  if (isPaused || (talk.isPaused && talk.reply)) return "paused";
  if (isSounding) return "speaking";
  if (talk.phase === "thinking") return "thinking";
  if (talk.phase === "hearing" && ear === "on") return "hearing";
  if (ear === "muted") return "muted";
  return ear === "on" ? "listening" : "ready";
}
