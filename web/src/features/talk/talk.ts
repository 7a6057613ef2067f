/** What the screen knows of a conversation. */

import type { Clocks, Session } from "../../shared/events.gen.ts";

export interface Phrase {
  text: string;
  /** Where in the item's sound it begins; null where nothing is spoken. */
  startMs: number | null;
}

export interface Card {
  name: string;
  result: Record<string, unknown>;
}

export interface Line {
  id: string;
  turnId: string | null;
  role: "user" | "assistant";
  phrases: Phrase[];
  /** The text of record: what was understood, or what was heard of the answer. */
  text: string;
  status: "growing" | "done" | "cut";
  cutMs: number | null;
  isTyped: boolean;
  language: string | null;
  script: string | null;
  cards: Card[];
  problem: string | null;
}

export interface Report {
  turnId: string | null;
  clocks: Clocks;
  segmentsMs: Record<string, number>;
  hasFiller: boolean;
  /** Last loud sound to first audible sample, on this browser's clock. */
  voiceToVoiceMs: number | null;
  usd: number | null;
}

export interface Alarm {
  id: string;
  kind: "alarm" | "timer" | "reminder";
  text: string;
  dueAt: string;
  isMissed: boolean;
}

export interface Failover {
  /** The next turn begins with the first provider again. */
  turnId: string | null;
  port: "stt" | "llm" | "tts";
  failed: string;
  next: string;
  reason: string;
}

export interface Reply {
  id: string;
  itemId: string | null;
  turnId: string | null;
  isFilling: boolean;
}

export type Phase = "listening" | "hearing" | "thinking" | "speaking";

export interface Talk {
  session: Session | null;
  lines: Line[];
  phase: Phase;
  isPaused: boolean;
  reply: Reply | null;
  reports: Report[];
  failover: Failover | null;
  alarms: Alarm[];
  /** The latest failure that belongs to no turn. */
  problem: string | null;
  numRemembered: number;
  /** What tools did before their answer had a line. */
  waitingCards: Card[];
}

export const emptyTalk: Talk = {
  session: null,
  lines: [],
  phase: "listening",
  isPaused: false,
  reply: null,
  reports: [],
  failover: null,
  alarms: [],
  problem: null,
  numRemembered: 0,
  waitingCards: [],
};

/** What happens in this browser and not on the stream. */
export type LocalEvent =
  | { type: "local.session"; session: Session }
  | { type: "local.audible"; turnId: string | null; voiceToVoiceMs: number }
  | { type: "local.interrupted"; itemId: string; heardMs: number }
  | { type: "local.alarm.dismissed"; alarmId: string }
  | { type: "local.problem"; message: string | null };
