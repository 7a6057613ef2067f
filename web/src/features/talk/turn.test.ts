import { expect, it } from "vitest";
import type { AshaEvent, Item } from "../../shared/events.gen.ts";
import { keptBy } from "./kept.ts";
import { spokenSoFar } from "./lines.ts";
import { emptyTalk, type LocalEvent, type Talk } from "./talk.ts";
import { onEvent } from "./turn.ts";

type Loose = { type: AshaEvent["type"] | LocalEvent["type"]; turn_id?: string } & Record<
  string,
  unknown
>;

const play = (events: Loose[], from: Talk = emptyTalk): Talk =>
  events.reduce(
    (talk, event) => onEvent(talk, { turn_id: null, ...event } as unknown as AshaEvent),
    from,
  );

const item = (id: string, role: "user" | "assistant", text: string, status = "completed"): Item =>
  ({
    id,
    type: "message",
    role,
    status,
    content: [{ type: role === "user" ? "input_audio" : "output_audio", transcript: text }],
  }) as unknown as Item;

const question: Loose[] = [
  { type: "input_audio_buffer.speech_started", item_id: "q", turn_id: "t1" },
  {
    type: "conversation.item.input_audio_transcription.delta",
    item_id: "q",
    turn_id: "t1",
    delta: "kitne ",
  },
  {
    type: "conversation.item.input_audio_transcription.delta",
    item_id: "q",
    turn_id: "t1",
    delta: "baje",
  },
  { type: "asha.turn.committed", turn_id: "t1" },
];

const answer: Loose[] = [
  { type: "response.created", turn_id: "t1", response: { id: "r" } },
  {
    type: "response.output_item.added",
    turn_id: "t1",
    item: item("a", "assistant", "", "in_progress"),
  },
  {
    type: "response.output_audio_transcript.delta",
    turn_id: "t1",
    item_id: "a",
    delta: "Teen baje hain. ",
    start_ms: 0,
  },
  {
    type: "response.output_audio_transcript.delta",
    turn_id: "t1",
    item_id: "a",
    delta: "Aur kuch?",
    start_ms: 1_000,
  },
];

it("what is being said grows in one line and is put right at its end", () => {
  const talk = play([
    ...question,
    {
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "q",
      transcript: "kitne baje hain",
    },
    { type: "conversation.item.done", item: item("q", "user", "kitne baje hain") },
  ]);
  expect(talk.lines).toHaveLength(1);
  expect(talk.lines[0]).toMatchObject({ text: "kitne baje hain", status: "done" });
  expect(talk.phase).toBe("thinking");
});

it("what was no turn leaves no line", () => {
  const talk = play([
    ...question.slice(0, 2),
    { type: "input_audio_buffer.cleared", turn_id: "t1" },
  ]);
  expect(talk.lines).toEqual([]);
  expect(talk.phase).toBe("listening");
});

it("words count as heard in step with the sound", () => {
  const line = play([...question, ...answer]).lines[1];
  if (!line) throw new Error("no answer");
  expect(spokenSoFar(line, 0).heard).toBe(0);
  expect(spokenSoFar(line, 500).heard).toBe(8);
  expect(spokenSoFar(line, 1_000).heard).toBe("Teen baje hain. ".length);
  expect(spokenSoFar(line, 60_000).heard).toBe(spokenSoFar(line, null).text.length);
});

it("an interrupted answer keeps what was heard", () => {
  const talk = play([
    ...question,
    ...answer,
    { type: "asha.playback.paused", response_id: "r" },
    { type: "conversation.item.truncated", item_id: "a", audio_end_ms: 1_000 },
    {
      type: "response.done",
      response: {
        id: "r",
        status: "cancelled",
        output: [item("a", "assistant", "Teen baje hain.", "incomplete")],
      },
    },
  ]);
  expect(talk.lines[1]).toMatchObject({ status: "cut", cutMs: 1_000, text: "Teen baje hain." });
  expect(talk).toMatchObject({ phase: "listening", isPaused: false, reply: null });
});

it("a reply that was taken back leaves the screen", () => {
  const talk = play([
    ...question,
    ...answer,
    { type: "conversation.item.deleted", item_id: "a" },
    { type: "asha.turn.revised", turn_id: "t1" },
  ]);
  expect(talk.lines.map((line) => line.id)).toEqual(["q"]);
  expect(talk.phase).toBe("hearing");
});

it("a reset replaces everything by the snapshot", () => {
  const talk = play([
    ...question,
    ...answer,
    {
      type: "asha.stream.reset",
      items: [item("x", "user", "hello"), item("y", "assistant", "Hi", "incomplete")],
    },
  ]);
  expect(talk.lines.map((line) => [line.id, line.status])).toEqual([
    ["x", "done"],
    ["y", "cut"],
  ]);
});

it("both halves of a turn's figures meet in one report", () => {
  const clocks = { ack: 1, first_audio: 90, first_answer: 90, voice_to_voice: null, yield: null };
  const talk = play([
    { type: "local.audible", turnId: "t1", voiceToVoiceMs: 640 },
    {
      type: "asha.latency.report",
      turn_id: "t1",
      clocks,
      segments_ms: { think: 40 },
      filler: false,
    },
    { type: "asha.cost.report", turn_id: "t1", usd: 0.01 },
  ]);
  expect(talk.reports).toHaveLength(1);
  expect(talk.reports[0]).toMatchObject({
    voiceToVoiceMs: 640,
    usd: 0.01,
    segmentsMs: { think: 40 },
  });
});

it("a failure inside an answer stands under that answer, any other above the page", () => {
  const error = { message: "The voice is busy; trying another." };
  expect(play([...question, ...answer, { type: "error", error }]).lines[1]?.problem).toBe(
    error.message,
  );
  expect(play([{ type: "error", error }]).problem).toBe(error.message);
});

it("an event of a newer server changes nothing", () => {
  const talk = play(question);
  expect(play([{ type: "asha.something.new" as "error" }], talk)).toBe(talk);
});

it("what a tool kept before the answer began stands under that answer", () => {
  const row = { kind: "timer", text: "10 minute", due_at: "2026-11-22T10:00:00Z" };
  const acted: Loose = {
    type: "asha.tool.applied",
    name: "timer_set",
    result: { put: { kind: "alarm", row } },
  };
  const card = play([...question, acted, ...answer]).lines[1]?.cards[0];
  if (!card) throw new Error("no card");
  expect(keptBy(card)).toMatchObject({ key: "card.timer", text: "10 minute" });
  expect(keptBy({ name: "add", result: { result: 15 } })).toBeNull();
});
