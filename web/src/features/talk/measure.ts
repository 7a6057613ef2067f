/** Tells the server how long a turn took where it is heard: in this browser. */

import { api, type MeasuredTurn } from "../../shared/api.ts";
import type { Report, Talk } from "./talk.ts";

const PORTS = { stt: "listens", llm: "thinks", tts: "speaks" } as const;
/** The first sound may become audible a little after the turn's last event. */
const WAIT_MS = 2_000;

/** A turn's figures with the names of those who took part. */
export function measuredTurn(talk: Talk, report: Report, numGaps: number): MeasuredTurn {
  const { listens, thinks, speaks } = talk.session?.asha ?? { listens: "", thinks: "", speaks: "" };
  const providers: Record<string, string> = { listens, thinks, speaks };
  if (talk.failover?.next) providers[PORTS[talk.failover.port]] = talk.failover.next;
  for (const part of Object.keys(providers)) if (!providers[part]) delete providers[part];
  const line = talk.lines.find((one) => one.turnId === report.turnId && one.role === "user");
  return {
    turn_id: report.turnId ?? "",
    language: line?.language ?? null,
    providers,
    // What the server estimates ends where sound leaves it; nothing is told in its place.
    clocks: { ...report.clocks, voice_to_voice: report.voiceToVoiceMs },
    segments_ms: report.segmentsMs,
    num_gaps: numGaps,
  };
}

/** Tells each turn once; a failure is nobody's trouble. */
export function teller(sessionId: () => string | null, talk: () => Talk, numGaps: () => number) {
  let gapsTold = 0;
  return (turnId: string): void => {
    setTimeout(() => {
      const id = sessionId();
      const report = talk().reports.find((one) => one.turnId === turnId);
      if (!id || !report) return;
      const gaps = numGaps() - gapsTold;
      gapsTold += gaps;
      void api.tellMeasured(id, measuredTurn(talk(), report, gaps)).catch(() => undefined);
    }, WAIT_MS);
  };
}
