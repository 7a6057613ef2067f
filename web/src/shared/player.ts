/** Asha's voice in this browser: decodes, queues, plays; pauses and stops within one buffer. */

import { ClockMap } from "./clock-map.ts";
import { opusDecoder } from "./opus.ts";
import { bytesOfBase64, floatsOfBase64, Resampler } from "./pcm.ts";
import playoutUrl from "./playout.worklet.ts?worker&url";

export type Coding = "audio/pcm" | "audio/opus";

/** Where the ear is: `ms` of the item's sound have left the loudspeaker. */
export interface Place {
  item: string;
  ms: number;
}

export interface PlayerNotice {
  onStarted: (item: string, isAnswer: boolean, atMs: number) => void;
  /** 20 ms have left the loudspeaker, so loud. */
  onFrame: (dbfs: number, atMs: number) => void;
}

interface Piece {
  item: string;
  startMs: number;
  samples: Float32Array;
  isAnswer: boolean;
}

type Told =
  | { tell: "place"; item: string; ms: number }
  | { tell: "started"; item: string; isAnswer: boolean }
  | { tell: "frame"; level: number; dbfs: number; atS: number }
  | { tell: "starved" }
  | { tell: "drained"; numChunks: number };

const LEAST_DEPTH_MS = 40;
const MOST_DEPTH_MS = 400;
const KEPT_ITEMS = 20; // replies that can be replayed

export class Player {
  /** Recent loudness 0..1, for the shape on the screen. */
  level = 0;
  place: Place | null = null;
  isPlaying = false;
  isPaused = false;
  numGaps = 0;
  private isEnded = true;
  private numChunks = 0;
  private numStops = 0;
  private readonly clock = new ClockMap();
  private depthMs = LEAST_DEPTH_MS;
  private context: AudioContext | null = null;
  private node: AudioWorkletNode | null = null;
  private resampler: Resampler | null = null;
  private decoder: ReturnType<typeof opusDecoder> | null = null;
  private coding: Coding = "audio/pcm";
  private rateHz = 24_000;
  private opening: Promise<void> | null = null;
  /** What comes while the loudspeaker is being opened: the beginning of the first answer. */
  private early: Piece[] = [];
  private recorded = new Map<string, Float32Array[]>();
  private listeners = new Set<() => void>();

  constructor(private readonly notice: PlayerNotice) {}

  /** What the session sends; may come after `open`, whose gesture cannot wait for it. */
  expect(coding: Coding, rateHz: number): void {
    this.coding = coding;
    this.rateHz = rateHz;
    this.matchRates();
  }

  /** Needs a user's gesture once: browsers keep pages silent until they are touched. */
  async open(): Promise<void> {
    this.opening ??= this.connect().catch((error: unknown) => {
      this.opening = null; // the next gesture tries again
      throw error;
    });
    await this.opening;
    if (this.context?.state === "suspended") await this.context.resume();
  }

  private async connect(): Promise<void> {
    const context = new AudioContext({ sampleRate: this.rateHz, latencyHint: "interactive" });
    this.context = context;
    await context.audioWorklet.addModule(playoutUrl);
    const node = new AudioWorkletNode(context, "asha-playout", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    node.port.onmessage = (message: MessageEvent<Told>) => this.hearOf(message.data);
    node.connect(context.destination);
    this.node = node;
    this.matchRates();
    for (const piece of this.early.splice(0)) this.play(piece);
    if (this.isPaused) this.tell({ do: "pause" });
    if (this.isEnded) this.tell({ do: "end" });
  }

  private matchRates(): void {
    const toHz = this.context?.sampleRate ?? this.rateHz;
    this.resampler = toHz === this.rateHz ? null : new Resampler(this.rateHz, toHz);
  }

  get isOpen(): boolean {
    return this.node !== null && this.context?.state === "running";
  }

  /** A delta of the stream. Sound that comes before the page may speak is dropped, as it is late. */
  push(item: string, startMs: number, delta: string, isAnswer: boolean): void {
    if (this.coding === "audio/opus") {
      this.decoder ??= opusDecoder();
      const { numStops } = this;
      this.decoder.decode(bytesOfBase64(delta), (samples) => {
        if (numStops === this.numStops) this.queue(item, startMs, samples, isAnswer);
      });
    } else this.queue(item, startMs, floatsOfBase64(delta), isAnswer);
  }

  private queue(item: string, startMs: number, raw: Float32Array, isAnswer: boolean): void {
    this.record(item, raw);
    if (!this.opening) return;
    this.isEnded = false;
    this.begin(item, startMs);
    const piece = { item, startMs, samples: raw, isAnswer };
    if (this.node) this.play(piece);
    else this.early.push(piece);
  }

  private play(piece: Piece): void {
    const samples = this.resampler ? this.resampler.push(piece.samples) : piece.samples;
    this.numChunks += 1;
    this.tell({ do: "chunk", piece: { ...piece, samples } });
  }

  private begin(item: string, ms: number): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.place = { item, ms };
    this.changed();
  }

  private record(item: string, samples: Float32Array): void {
    const pieces = this.recorded.get(item) ?? [];
    pieces.push(samples);
    this.recorded.set(item, pieces);
    if (this.recorded.size > KEPT_ITEMS) {
      const oldest = this.recorded.keys().next().value;
      if (oldest !== undefined) this.recorded.delete(oldest);
    }
  }

  /** All of an item's sound was sent: what is queued plays out, however little. */
  end(): void {
    if (!this.decoder) this.finish();
    else void this.decoder.settled().then(() => this.finish()); // its last packets come after this
  }

  private finish(): void {
    this.isEnded = true;
    this.tell({ do: "end" });
  }

  pause(): void {
    this.isPaused = true;
    this.tell({ do: "pause" });
    this.changed();
  }

  resume(): void {
    this.isPaused = false;
    this.tell({ do: "resume" });
    this.changed();
  }

  /** Silence now; nothing of what was queued is heard. */
  stop(): void {
    this.isPlaying = this.isPaused = false;
    this.place = null;
    this.level = 0;
    this.early = [];
    this.numStops += 1;
    this.tell({ do: "clear" });
    this.changed();
  }

  canReplay(item: string): boolean {
    return this.recorded.has(item);
  }

  /** Say an earlier reply again, from this page's memory. */
  async replay(item: string): Promise<void> {
    const pieces = this.recorded.get(item);
    if (!pieces) return;
    await this.open();
    this.stop();
    this.begin(item, 0);
    let startMs = 0;
    for (const raw of pieces) {
      this.play({ item, startMs, samples: raw, isAnswer: false });
      startMs += (raw.length / this.rateHz) * 1_000;
    }
    this.finish();
  }

  /** How much of an item has been heard, the loudspeaker's own delay taken off. */
  heardMs(item: string): number {
    if (this.place?.item !== item) return 0;
    const delayMs = (this.context?.outputLatency ?? 0) * 1_000;
    return Math.max(0, this.place.ms - delayMs);
  }

  /** For useSyncExternalStore. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  close(): void {
    void this.context?.close();
    this.decoder?.close();
    this.context = this.node = null;
  }

  private tell(command: object): void {
    this.node?.port.postMessage(command);
  }

  private hearOf(told: Told): void {
    if (told.tell === "frame") {
      this.level = Math.max(told.level, this.level * 0.8);
      this.notice.onFrame(told.dbfs, this.clock.pageMs(told.atS, performance.now()));
    } else if (told.tell === "place") {
      this.place = { item: told.item, ms: told.ms };
    } else if (told.tell === "started") {
      const delayMs = (this.context?.outputLatency ?? 0) * 1_000;
      this.notice.onStarted(told.item, told.isAnswer, performance.now() + delayMs);
    } else if (told.tell === "starved") {
      this.numGaps += 1;
      this.deepen();
    } else if (told.numChunks === this.numChunks) {
      this.isPlaying = false; // and nothing is on its way to the audio thread
      this.level = 0;
      this.changed();
    }
  }

  /** A gap was heard: wait for more sound before the next start. */
  private deepen(): void {
    this.depthMs = Math.min(MOST_DEPTH_MS, this.depthMs * 2);
    this.tell({ do: "depth", ms: this.depthMs });
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
