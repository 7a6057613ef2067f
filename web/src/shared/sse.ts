/** Server-Sent Events read by fetch: a parser, and a stream that resumes by itself. */

import { leaveForLogin } from "./login.ts";

export interface Frame {
  id: string | null;
  type: string;
  data: string;
}

/** Feeds on text in any pieces; `push` gives the frames that are complete. Comments are skipped. */
export class SseParser {
  private rest = "";
  private id: string | null = null;
  private type = "";
  private data: string[] = [];

  push(text: string): Frame[] {
    const frames: Frame[] = [];
    // A CR at the very end may be half of a CRLF: it waits for the next piece.
    const all = this.rest + text;
    const whole = all.endsWith("\r") ? all.slice(0, -1) : all;
    const lines = whole.split(/\r\n|\r|\n/);
    this.rest = (lines.pop() ?? "") + (all.endsWith("\r") ? "\r" : "");
    for (const line of lines) {
      const frame = this.line(line);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  private line(line: string): Frame | null {
    if (line === "") return this.flush();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.data.push(value);
    else if (name === "event") this.type = value;
    else if (name === "id") this.id = value;
    return null;
  }

  private flush(): Frame | null {
    const frame = { id: this.id, type: this.type || "message", data: this.data.join("\n") };
    const isEmpty = this.data.length === 0;
    this.id = null;
    this.type = "";
    this.data = [];
    return isEmpty ? null : frame;
  }
}

export type LinkState = "connecting" | "open" | "waiting" | "gone";

export interface StreamOptions {
  url: string;
  /** Called once per event, in order. */
  onFrame: (frame: Frame) => void;
  onState: (state: LinkState, retryInMs: number | null) => void;
  fetch?: typeof fetch;
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** No byte for so long: the line is dead (the server writes every 10 s). */
export const DEAD_AFTER_MS = 25_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Full jitter, so that a restarted server is not met by everybody at once. */
export function backoffMs(attempt: number, random: () => number): number {
  const cap = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.round(cap * (0.5 + random() * 0.5));
}

/** One session's stream: reconnects with the last event id, until `close` or a 4xx. */
export class EventStream {
  cursor: string | null = null;
  private lastSeq = { epoch: "", seq: 0 };
  private readonly closing = new AbortController();
  private attempt = 0;
  private current: AbortController | null = null;
  private heardAt = 0;

  constructor(private readonly options: StreamOptions) {}

  /** Runs until closed; resolves when it gives up for good. */
  async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      this.options.onState("connecting", null);
      const isGone = await this.once();
      if (this.closing.signal.aborted) return;
      if (isGone) {
        this.options.onState("gone", null);
        return;
      }
      const waitMs = backoffMs(this.attempt, this.options.random ?? Math.random);
      this.attempt += 1;
      this.options.onState("waiting", waitMs);
      await this.pause(waitMs);
    }
  }

  /** The network is back or the laptop woke: do not wait, and do not trust an old line. */
  nudge(): void {
    if (Date.now() - this.heardAt > DEAD_AFTER_MS) this.current?.abort();
    this.wake?.();
  }

  close(): void {
    this.closing.abort();
    this.current?.abort();
    this.wake?.();
  }

  private wake: (() => void) | null = null;

  private pause(ms: number): Promise<void> {
    if (this.options.sleep) return this.options.sleep(ms, this.closing.signal);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** One connection; true where it makes no sense to try again. */
  private async once(): Promise<boolean> {
    const control = new AbortController();
    this.current = control;
    this.heardAt = Date.now();
    const watchdog = setInterval(() => {
      if (Date.now() - this.heardAt > DEAD_AFTER_MS) control.abort();
    }, 1_000);
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (this.cursor) headers["Last-Event-ID"] = this.cursor;
      const response = await (this.options.fetch ?? fetch)(this.options.url, {
        headers,
        signal: control.signal,
        cache: "no-store",
      });
      if (response.status === 401) leaveForLogin();
      if (response.status >= 400 && response.status < 500 && response.status !== 429) return true;
      if (!response.ok || !response.body) return false;
      await this.read(response.body);
      return false;
    } catch {
      return false; // aborted, refused, cut: the next attempt resumes
    } finally {
      clearInterval(watchdog);
    }
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new SseParser();
    const reader = body.pipeThrough(new TextDecoderStream() as TransformStream).getReader();
    this.options.onState("open", null);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.heardAt = Date.now();
      // Only bytes count as success: a proxy that accepts and cuts must not be hammered.
      this.attempt = 0;
      for (const frame of parser.push(value as string)) {
        if (this.isNew(frame)) this.options.onFrame(frame);
      }
    }
  }

  /** Moves the cursor; an event that was seen before is dropped. Transient ones carry no id. */
  private isNew(frame: Frame): boolean {
    if (frame.id === null) return true;
    const dash = frame.id.lastIndexOf("-");
    const epoch = frame.id.slice(0, dash);
    const seq = Number(frame.id.slice(dash + 1));
    const isReset = frame.type === "asha.stream.reset";
    if (!isReset && epoch === this.lastSeq.epoch && seq <= this.lastSeq.seq) return false;
    this.lastSeq = { epoch, seq };
    this.cursor = frame.id;
    return true;
  }
}
