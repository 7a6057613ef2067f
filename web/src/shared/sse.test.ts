import { describe, expect, it } from "vitest";
import { backoffMs, EventStream, type Frame, SseParser } from "./sse.ts";

const text = (seq: number, type = "x") => `id: e1-${seq}\nevent: ${type}\ndata: {"n":${seq}}\n\n`;

/** A server that answers each connection with the next script; it records what was asked. */
function scripted(connections: (string[] | number | Error)[]) {
  const asked: (string | null)[] = [];
  const fetchScript: typeof fetch = async (_, init) => {
    asked.push(new Headers(init?.headers).get("Last-Event-ID"));
    const script = connections.shift();
    if (script === undefined) return new Response(null, { status: 404 });
    if (script instanceof Error) throw script;
    if (typeof script === "number") return new Response(null, { status: script });
    const body = new ReadableStream<Uint8Array>({
      start(control) {
        for (const piece of script) control.enqueue(new TextEncoder().encode(piece));
        control.close();
      },
    });
    return new Response(body, { status: 200 });
  };
  return { asked, fetchScript };
}

async function play(connections: (string[] | number | Error)[]) {
  const { asked, fetchScript } = scripted(connections);
  const frames: Frame[] = [];
  const states: string[] = [];
  const stream = new EventStream({
    url: "/events",
    fetch: fetchScript,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    sleep: async () => undefined,
  });
  await stream.run();
  return { asked, frames, states, cursor: stream.cursor };
}

describe("the parser", () => {
  it("gives the same frames however the bytes are cut", () => {
    const whole = `: hello\r\n\r\n${text(1)}event: y\ndata: a\ndata: b\n\n`;
    for (let size = 1; size <= whole.length; size++) {
      const parser = new SseParser();
      const frames: Frame[] = [];
      for (let at = 0; at < whole.length; at += size) {
        frames.push(...parser.push(whole.slice(at, at + size)));
      }
      expect(frames).toEqual([
        { id: "e1-1", type: "x", data: '{"n":1}' },
        { id: null, type: "y", data: "a\nb" },
      ]);
    }
  });

  it("skips heartbeats and empty frames", () => {
    expect(new SseParser().push(": \n\n: \n\nevent: z\n\n")).toEqual([]);
  });

  it("keeps one space of the value only", () => {
    expect(new SseParser().push("data:  two\n\n")[0]?.data).toBe(" two");
  });
});

describe("the stream", () => {
  it("resumes with the last event id after a cut", async () => {
    const { asked, frames } = await play([[text(1), text(2)], [text(3)]]);
    expect(asked).toEqual([null, "e1-2", "e1-3"]);
    expect(frames.map((frame) => frame.id)).toEqual(["e1-1", "e1-2", "e1-3"]);
  });

  it("drops what it has seen before", async () => {
    const { frames } = await play([
      [text(1), text(2)],
      [text(1), text(2), text(3)],
    ]);
    expect(frames.map((frame) => frame.id)).toEqual(["e1-1", "e1-2", "e1-3"]);
  });

  it("keeps its cursor when a resumed stream dies at once", async () => {
    const { asked } = await play([[text(5)], [], new Error("reset"), 503, [text(6)]]);
    expect(asked).toEqual([null, "e1-5", "e1-5", "e1-5", "e1-5", "e1-6"]);
  });

  it("never moves the cursor for a transient event", async () => {
    const { asked, frames } = await play([[text(1), "event: asha.ping\ndata: {}\n\n"]]);
    expect(asked).toEqual([null, "e1-1"]);
    expect(frames).toHaveLength(2);
  });

  it("begins anew at a reset, whatever its number", async () => {
    const reset = "id: e2-1\nevent: asha.stream.reset\ndata: {}\n\n";
    const after = "id: e2-2\nevent: x\ndata: {}\n\n";
    const { frames, cursor } = await play([[text(7)], [reset, after]]);
    expect(frames.map((frame) => frame.id)).toEqual(["e1-7", "e2-1", "e2-2"]);
    expect(cursor).toBe("e2-2");
  });

  it("reads on after it was told that it lagged", async () => {
    const lagged = 'event: asha.stream.lagged\ndata: {"dropped":3}\n\n';
    const { asked, frames } = await play([
      [text(1), lagged],
      [text(2), text(3)],
    ]);
    expect(asked[1]).toBe("e1-1");
    expect(frames.map((frame) => frame.type)).toEqual(["x", "asha.stream.lagged", "x", "x"]);
  });

  it("tries again on 429 and 5xx, and gives up where the session is gone", async () => {
    const { states } = await play([429, 500, [text(1)], 404]);
    expect(states.at(-1)).toBe("gone");
    expect(states.filter((state) => state === "waiting")).toHaveLength(3);
  });

  it("waits longer each time, with jitter, and never longer than 15 s", () => {
    expect(backoffMs(0, () => 0)).toBe(250);
    expect(backoffMs(0, () => 1)).toBe(500);
    expect(backoffMs(3, () => 1)).toBe(4_000);
    expect(backoffMs(30, () => 1)).toBe(15_000);
  });
});
