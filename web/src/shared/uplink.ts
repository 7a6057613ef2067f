/** Slices on their way to the server: in order, at most three in flight, sent again until they arrive. */

import { ApiError } from "./api.ts";

const MAX_IN_FLIGHT = 3;
const MAX_WAITING_SAMPLES = 16_000 * 30; // half a minute of a dead network is kept
const MAX_BODY_SAMPLES = 16_000; // a slow link gets fewer, larger bodies
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

export interface UplinkOptions {
  post: (stream: string, seq: number, slice: Int16Array<ArrayBuffer>) => Promise<void>;
  newStream: () => string;
  sleep?: (ms: number) => Promise<void>;
  /** The server refuses sound altogether; nothing more is sent. */
  onRefused: (error: ApiError) => void;
}

const realSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export class Uplink {
  private waiting: Int16Array[] = [];
  private inFlight = new Set<Promise<void>>();
  private seq = 0;
  private stream: string;
  private isClosed = false;

  constructor(private readonly options: UplinkOptions) {
    this.stream = options.newStream();
  }

  push(slice: Int16Array): void {
    if (this.isClosed) return;
    this.waiting.push(slice);
    let total = this.waiting.reduce((sum, one) => sum + one.length, 0);
    while (total > MAX_WAITING_SAMPLES) total -= this.waiting.shift()?.length ?? 0;
    this.pump();
  }

  /** Resolves when everything pushed so far has arrived. */
  async settled(): Promise<void> {
    while (!this.isClosed && (this.inFlight.size || this.waiting.length)) {
      await Promise.race([...this.inFlight]);
    }
  }

  close(): void {
    this.isClosed = true;
    this.waiting = [];
  }

  private pump(): void {
    while (!this.isClosed && this.waiting.length && this.inFlight.size < MAX_IN_FLIGHT) {
      const sent = this.deliver(this.stream, this.seq++, this.nextBody());
      this.inFlight.add(sent);
      void sent.finally(() => {
        this.inFlight.delete(sent);
        this.pump();
      });
    }
  }

  /** Everything that waits, up to a second: so a slow link sends fewer, larger bodies. */
  private nextBody(): Int16Array<ArrayBuffer> {
    const taken: Int16Array[] = [];
    let length = 0;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      if (length && length + next.length > MAX_BODY_SAMPLES) break;
      taken.push(next);
      length += next.length;
      this.waiting.shift();
    }
    const body = new Int16Array(length);
    let at = 0;
    for (const piece of taken) {
      body.set(piece, at);
      at += piece.length;
    }
    return body;
  }

  private async deliver(stream: string, seq: number, body: Int16Array<ArrayBuffer>): Promise<void> {
    const sleep = this.options.sleep ?? realSleep;
    for (let attempt = 0; !this.isClosed && stream === this.stream; attempt++) {
      try {
        await this.options.post(stream, seq, body);
        return;
      } catch (error) {
        if (error instanceof ApiError && error.status === 409 && seq > 0) {
          this.restart(); // the server was restarted and waits for slice 0
          return;
        }
        if (error instanceof ApiError && error.status < 500 && error.status !== 429) {
          this.close();
          this.options.onRefused(error);
          return;
        }
        const retryMs = error instanceof ApiError ? error.retryAfterMs : null;
        await sleep(retryMs ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt));
      }
    }
  }

  private restart(): void {
    this.stream = this.options.newStream();
    this.seq = 0;
  }
}
