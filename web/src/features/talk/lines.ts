/** Lines and figures of a conversation: how one is made, changed, and read so far. */

import type { Content, Item } from "../../shared/events.gen.ts";
import type { Line, Report, Talk } from "./talk.ts";

export const KEPT_REPORTS = 50;

const nothing = (): Pick<Line, "phrases" | "text" | "cards"> => ({
  phrases: [],
  text: "",
  cards: [],
});

function newLine(id: string, role: Line["role"], turnId: string | null): Line {
  return {
    id,
    role,
    turnId,
    ...nothing(),
    status: "growing",
    cutMs: null,
    isTyped: false,
    language: null,
    script: null,
    problem: null,
  };
}

const wordsOf = (content: Content[] | null) =>
  (content ?? []).map((part) => part.transcript ?? part.text ?? "").join("");

/** Changes one line, made first where it is new. */
function withLine(talk: Talk, line: Line, change: (line: Line) => Line): Talk {
  const at = talk.lines.findIndex((one) => one.id === line.id);
  if (at < 0) return { ...talk, lines: [...talk.lines, change(line)] };
  const lines = talk.lines.slice();
  lines[at] = change(lines[at] as Line);
  return { ...talk, lines };
}

export const onLine = (talk: Talk, id: string, change: (line: Line) => Line): Talk => ({
  ...talk,
  lines: talk.lines.map((line) => (line.id === id ? change(line) : line)),
});

export function lineOfItem(item: Item, turnId: string | null): Line | null {
  if (item.type !== "message" || (item.role !== "user" && item.role !== "assistant")) return null;
  const status = { in_progress: "growing", completed: "done", incomplete: "cut" } as const;
  return {
    ...newLine(item.id, item.role, turnId),
    text: wordsOf(item.content),
    status: status[item.status],
    isTyped: item.content?.[0]?.type === "input_text",
  };
}

export function onItem(talk: Talk, item: Item, turnId: string | null): Talk {
  const fresh = lineOfItem(item, turnId);
  if (!fresh) return talk;
  return withLine(talk, fresh, (line) => ({
    ...line,
    text: fresh.text || line.text,
    status: fresh.status,
    isTyped: line.isTyped || fresh.isTyped,
  }));
}

export function withReport(talk: Talk, turnId: string | null, change: Partial<Report>): Talk {
  const at = talk.reports.findIndex((report) => report.turnId === turnId);
  const none: Report = {
    turnId,
    clocks: { ack: null, first_audio: null, first_answer: null, voice_to_voice: null, yield: null },
    segmentsMs: {},
    hasFiller: false,
    voiceToVoiceMs: null,
    usd: null,
  };
  if (at < 0) {
    return { ...talk, reports: [...talk.reports, { ...none, ...change }].slice(-KEPT_REPORTS) };
  }
  const reports = talk.reports.slice();
  reports[at] = { ...(reports[at] as Report), ...change };
  return { ...talk, reports };
}

/** The user's line that is being spoken: it may still turn out to be nothing. */
export const userLine = (
  talk: Talk,
  id: string,
  turnId: string | null,
  change: (line: Line) => Line,
) => withLine(talk, newLine(id, "user", turnId), change);

export const replyLine = (
  talk: Talk,
  id: string,
  turnId: string | null,
  change: (line: Line) => Line,
) => withLine(talk, newLine(id, "assistant", turnId), change);

/** The words of a line, with how many of its characters have been heard by `heardMs`. */
export function spokenSoFar(line: Line, heardMs: number | null): { text: string; heard: number } {
  const text = line.phrases.map((phrase) => phrase.text).join("") || line.text;
  if (heardMs === null || !line.phrases.some((phrase) => phrase.startMs !== null)) {
    return { text, heard: text.length };
  }
  let heard = 0;
  line.phrases.forEach((phrase, i) => {
    const start = phrase.startMs ?? 0;
    const next = line.phrases[i + 1]?.startMs ?? start + phrase.text.length * MS_PER_CHAR;
    if (heardMs < start) return;
    const share = next > start ? Math.min(1, (heardMs - start) / (next - start)) : 1;
    heard += Math.round(phrase.text.length * share);
  });
  return { text, heard };
}

/** Until the next phrase is known, speech is taken to run at this pace. */
const MS_PER_CHAR = 65;
