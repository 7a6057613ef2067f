/** Asha's voice in this browser: queues, plays, keeps for replay; pauses and stops within one buffer. */

import { ClockMap } from "./clock-map.ts";
import playoutUrl from "./playout.worklet.ts?worker&url";
import type { Coding, Delta, ToVoice } from "./voice.worker.ts";

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

type Told =
  | { tell: "place"; item: string; ms: number }
  | { tell: "started"; item: string; isAnswer: boolean }
  | { tell: "frame"; level: number; dbfs: number; atS: number }
  | { tell: "tick"; atS: number }
  | { tell: "gap" }
  | { tell: "drained"; serial: number };

const LEAST_DEPTH_MS = 40;
const MOST_DEPTH_MS = 800; // the service sends a second ahead
const CALMER = 0.8; // a reply without a gap may wait for less the next time
const KEPT_ITEMS = 20; // replies that can be replayed

export class Player {
  /** Recent loudness 0..1, for the shape on the screen. */
  level = 0;
  place: Place | null = null;
  isPlaying = false;
  isPaused = false;
  numGaps = 0;
  private serial = 0;
  private numStops = 0;
  private readonly clock = new ClockMap();
  /** Sound that is there before a reply begins: what line and browser need to bring the next. */
  private depthMs = LEAST_DEPTH_MS;
  private leastMs = LEAST_DEPTH_MS;
  private hasGap = false;
  /** How much later than its first piece a reply's other pieces came, where they stand in it. */
  private late = { item: "", originMs: 0, mostMs: 0 };
  private context: AudioContext | null = null;
  private node: AudioWorkletNode | null = null;
  private readonly voice = new Worker(new URL("./voice.worker.ts", import.meta.url), {
    type: "module",
  });
  private coding: Coding = "audio/pcm";
  private rateHz = 24_000;
  private opening: Promise<void> | null = null;
  private recorded = new Map<string, Delta[]>();
  private listeners = new Set<() => void>();

  constructor(private readonly notice: PlayerNotice) {}

  /** What the session sends; may come after `open`, whose gesture cannot wait for it. */
  expect(coding: Coding, rateHz: number): void {
    this.coding = coding;
    this.rateHz = rateHz;
  }

  /** How long a call to the server took, there and back, with what this browser is late by. */
  reckonWith(tripMs: number): void {
    this.leastMs = Math.min(MOST_DEPTH_MS / 2, Math.max(LEAST_DEPTH_MS, tripMs));
    this.deepen(this.leastMs);
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
    this.deepen(this.depthMs);
    this.tell({ do: "clear", numStops: this.numStops });
    if (this.isPaused) this.tell({ do: "pause" });
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ do: "voice", port: port1 }, [port1]);
    this.say({ do: "open", port: port2, toHz: context.sampleRate }, [port2]);
  }

  get isOpen(): boolean {
    return this.node !== null && this.context?.state === "running";
  }

  /** A delta of the stream. Sound that comes before the page may speak is dropped, as it is late. */
  push(item: string, startMs: number, delta: string, isAnswer: boolean): void {
    const { coding, rateHz } = this;
    const piece = { item, startMs, isAnswer, coding, rateHz, delta };
    this.record(piece);
    if (!this.opening) return;
    this.begin(item, startMs);
    this.mindDelay(item, performance.now() - startMs);
    this.play(piece);
  }

  private play(delta: Delta): void {
    this.serial += 1;
    this.say({ do: "delta", delta, ...this.count });
  }

  private mindDelay(item: string, originMs: number): void {
    if (item !== this.late.item) this.late = { item, originMs, mostMs: 0 };
    this.late.mostMs = Math.max(this.late.mostMs, originMs - this.late.originMs);
  }

  /** Tells what comes after a stop from what was on its way before. */
  private get count() {
    return { serial: this.serial, numStops: this.numStops };
  }

  private begin(item: string, ms: number): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.place = { item, ms };
    this.changed();
  }

  private record(delta: Delta): void {
    const pieces = this.recorded.get(delta.item) ?? [];
    pieces.push(delta);
    this.recorded.set(delta.item, pieces);
    if (this.recorded.size > KEPT_ITEMS) {
      const oldest = this.recorded.keys().next().value;
      if (oldest !== undefined) this.recorded.delete(oldest);
    }
  }

  /** All of an item's sound was sent: what is queued plays out, however little. */
  end(): void {
    this.serial += 1;
    this.say({ do: "end", ...this.count });
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
    this.numStops += 1;
    this.tell({ do: "clear", numStops: this.numStops });
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
    for (const delta of pieces) this.play({ ...delta, isAnswer: false });
    this.end();
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
    this.voice.terminate();
    this.context = this.node = null;
  }

  private tell(command: object): void {
    this.node?.port.postMessage(command);
  }

  private say(told: ToVoice, transfer: Transferable[] = []): void {
    this.voice.postMessage(told, transfer);
  }

  private hearOf(told: Told): void {
    if (told.tell === "frame") {
      this.level = Math.max(told.level, this.level * 0.8);
      this.notice.onFrame(told.dbfs, this.clock.pageMs(told.atS, performance.now()));
    } else if (told.tell === "tick") {
      this.clock.pageMs(told.atS, performance.now());
    } else if (told.tell === "place") {
      this.place = { item: told.item, ms: told.ms };
    } else if (told.tell === "started") {
      const delayMs = (this.context?.outputLatency ?? 0) * 1_000;
      this.notice.onStarted(told.item, told.isAnswer, performance.now() + delayMs);
    } else if (told.tell === "gap") {
      this.hasGap = true;
      this.numGaps += 1;
      this.deepen(this.depthMs * 2);
    } else if (told.serial === this.serial) {
      this.isPlaying = false; // and nothing is on its way to the audio thread
      const calmMs = Math.max(this.leastMs, this.late.mostMs, this.depthMs * CALMER);
      if (!this.hasGap) this.deepen(calmMs);
      this.hasGap = false;
      this.level = 0;
      this.changed();
    }
  }

  /** So much sound is waited for before the next start. */
  private deepen(depthMs: number): void {
    this.depthMs = Math.min(MOST_DEPTH_MS, depthMs);
    this.tell({ do: "depth", ms: this.depthMs });
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
