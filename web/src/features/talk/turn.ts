/** One reducer over everything that can happen in a conversation. */

import type { AshaEvent } from "../../shared/events.gen.ts";
import { lineOfItem, onItem, onLine, replyLine, userLine, withReport } from "./lines.ts";
import type { Alarm, Line, LocalEvent, Talk } from "./talk.ts";

/** The next state. An event of the union without an arm does not compile. */
export function onEvent(talk: Talk, event: AshaEvent | LocalEvent): Talk {
  switch (event.type) {
    case "session.created":
    case "session.updated":
    case "local.session":
      return { ...talk, session: event.session };

    // what the user says
    case "input_audio_buffer.speech_started":
      return userLine({ ...talk, phase: "hearing" }, event.item_id, event.turn_id, (line) => line);
    case "input_audio_buffer.speech_stopped":
      return talk;
    case "conversation.item.input_audio_transcription.delta":
      return userLine(talk, event.item_id, event.turn_id, (line) => ({
        ...line,
        text: line.text + event.delta,
      }));
    case "conversation.item.input_audio_transcription.completed":
      return userLine(talk, event.item_id, event.turn_id, (line) => ({
        ...line,
        text: event.transcript,
      }));
    case "conversation.item.input_audio_transcription.failed":
      return userLine(talk, event.item_id, event.turn_id, (line) => ({
        ...line,
        status: "done",
        problem: event.error.message,
      }));
    case "input_audio_buffer.cleared":
      return {
        ...talk,
        phase: talk.reply ? talk.phase : "listening",
        lines: talk.lines.filter(
          (line) =>
            line.turnId !== event.turn_id || line.role !== "user" || line.status !== "growing",
        ),
      };
    case "input_audio_buffer.committed":
      return talk;
    case "asha.turn.committed":
      return {
        ...talk,
        phase: "thinking",
        problem: null,
        waitingCards: [],
        failover: talk.failover?.turnId === event.turn_id ? talk.failover : null,
      };
    case "asha.turn.speculated":
      return talk;
    case "asha.turn.revised":
      return talk.reply?.turnId === event.turn_id
        ? { ...talk, reply: null, phase: "hearing" }
        : talk;

    // items
    case "conversation.item.added":
    case "conversation.item.done":
      return onItem(talk, event.item, event.turn_id);
    case "response.output_item.added": {
      const reply = talk.reply && { ...talk.reply, itemId: event.item.id };
      const withItem = onItem({ ...talk, reply, waitingCards: [] }, event.item, event.turn_id);
      return onLine(withItem, event.item.id, (line) => ({
        ...line,
        cards: [...line.cards, ...talk.waitingCards],
      }));
    }
    case "response.output_item.done":
      return onItem(talk, event.item, event.turn_id);
    case "conversation.item.deleted":
      return { ...talk, lines: talk.lines.filter((line) => line.id !== event.item_id) };
    case "conversation.item.truncated":
      return onLine({ ...talk, isPaused: false }, event.item_id, (line) => ({
        ...line,
        status: "cut",
        cutMs: event.audio_end_ms,
      }));

    // the answer
    case "response.created":
      return {
        ...talk,
        phase: "thinking",
        isPaused: false,
        reply: { id: event.response.id, itemId: null, turnId: event.turn_id, isFilling: false },
      };
    case "response.done": {
      const after: Talk = {
        ...talk,
        phase: "listening",
        isPaused: false,
        reply: talk.reply?.id === event.response.id ? null : talk.reply,
      };
      const status = event.response.status;
      return status === "failed" || status === "cancelled" || status === "incomplete"
        ? event.response.output.reduce((now, item) => onItem(now, item, event.turn_id), after)
        : after;
    }
    case "response.output_audio_transcript.delta":
      return replyLine(
        { ...talk, phase: "speaking", reply: talk.reply && { ...talk.reply, isFilling: false } },
        event.item_id,
        event.turn_id,
        (line) => ({
          ...line,
          phrases: [...line.phrases, { text: event.delta, startMs: event.start_ms }],
        }),
      );
    case "response.output_text.delta":
      return replyLine({ ...talk, phase: "speaking" }, event.item_id, event.turn_id, (line) => ({
        ...line,
        phrases: [...line.phrases, { text: event.delta, startMs: null }],
      }));
    case "response.output_audio_transcript.done":
      return onLine(talk, event.item_id, (line) => ({ ...line, text: event.transcript }));
    case "response.output_text.done":
      return onLine(talk, event.item_id, (line) => ({ ...line, text: event.text }));
    case "response.output_audio.delta":
      return talk.phase === "speaking" ? talk : { ...talk, phase: "speaking" };
    case "asha.filler.started":
      return {
        ...talk,
        phase: "speaking",
        reply: talk.reply && { ...talk.reply, isFilling: true },
      };
    case "asha.playback.paused":
      return { ...talk, isPaused: true };
    case "asha.playback.resumed":
      return { ...talk, isPaused: false };
    case "response.content_part.added":
    case "response.content_part.done":
    case "response.output_audio.done":
    case "response.function_call_arguments.delta":
    case "response.function_call_arguments.done":
      return talk;
    case "asha.tool.applied": {
      const id = talk.reply?.itemId;
      const card = { name: event.name, result: event.result };
      if (!id) return { ...talk, waitingCards: [...talk.waitingCards, card] };
      return onLine(talk, id, (line) => ({ ...line, cards: [...line.cards, card] }));
    }

    // language, memory, alarms
    case "asha.language.detected":
      return onLine(talk, event.item_id, (line) => ({
        ...line,
        language: event.language,
        script: event.script,
      }));
    case "asha.language.switched":
      return talk;
    case "asha.memory.recalled":
      return talk;
    case "asha.memory.stored":
    case "asha.memory.forgotten":
      return { ...talk, numRemembered: talk.numRemembered + 1 };
    case "asha.alarm.fired": {
      const alarm: Alarm = {
        id: event.alarm_id,
        kind: event.kind,
        text: event.text,
        dueAt: event.due_at,
        isMissed: event.missed,
      };
      return { ...talk, alarms: [...talk.alarms.filter((one) => one.id !== alarm.id), alarm] };
    }

    // figures and troubles
    case "asha.latency.report":
      return withReport(talk, event.turn_id, {
        clocks: event.clocks,
        segmentsMs: event.segments_ms,
        hasFiller: event.filler,
      });
    case "asha.cost.report":
      return withReport(talk, event.turn_id, { usd: event.usd });
    case "asha.provider.failover":
      return {
        ...talk,
        failover: {
          turnId: event.turn_id,
          port: event.port,
          failed: event.failed,
          next: event.next,
          reason: event.reason,
        },
      };
    case "error":
      return talk.reply?.itemId
        ? onLine(talk, talk.reply.itemId, (line) => ({ ...line, problem: event.error.message }))
        : { ...talk, problem: event.error.message };
    case "rate_limits.updated":
      return talk;

    // the stream itself
    case "asha.stream.reset":
      return {
        ...talk,
        lines: event.items
          .map((item) => lineOfItem(item, null))
          .filter((line): line is Line => line !== null),
        phase: "listening",
        isPaused: false,
        reply: null,
      };
    case "asha.stream.lagged":
    case "asha.ping":
    case "asha.audio.level":
      return talk;

    // this browser
    case "local.audible":
      return withReport(talk, event.turnId, { voiceToVoiceMs: event.voiceToVoiceMs });
    case "local.interrupted":
      return onLine({ ...talk, phase: "listening", isPaused: false }, event.itemId, (line) => ({
        ...line,
        status: "cut",
        cutMs: event.heardMs,
      }));
    case "local.alarm.dismissed":
      return { ...talk, alarms: talk.alarms.filter((alarm) => alarm.id !== event.alarmId) };
    case "local.problem":
      return { ...talk, problem: event.message };
    default: {
      const unhandled: never = event;
      return unhandled ? talk : talk; // a newer server's event changes nothing here
    }
  }
}
