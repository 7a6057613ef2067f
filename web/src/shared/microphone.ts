/** The microphone as slices of 16 kHz s16 sound, and the reasons why there is none. */

import captureUrl from "./capture.worklet.ts?worker&url";
import { ClockMap } from "./clock-map.ts";
import { EchoGuard } from "./echo-guard.ts";
import { HEARING_RATE_HZ, levelDbfs, Resampler, s16OfFloats } from "./pcm.ts";
import { Slicer } from "./slicer.ts";

export type MicrophoneTrouble = "insecure" | "unsupported" | "denied" | "missing" | "busy" | "lost";

export class NoMicrophone extends Error {
  constructor(readonly trouble: MicrophoneTrouble) {
    super(trouble);
  }
}

const LOUD_DB = 14; // above the quietest of the last seconds
const LEAST_DBFS = -50;

export interface Ear {
  onSlice: (slice: Int16Array<ArrayBuffer>) => void;
  onTrouble: (trouble: MicrophoneTrouble) => void;
}

/** Why getUserMedia failed, in one of our words. */
export function troubleOf(error: unknown): MicrophoneTrouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "unsupported";
}

export class Microphone {
  /** Loudness 0..1 for the shape on the screen. */
  level = 0;
  /** performance.now() of the latest loud sound: the anchor of voice-to-voice on this clock. */
  loudAtMs: number | null = null;
  /** While Asha speaks slices are short. */
  isQuick = false;
  readonly guard = new EchoGuard();
  private clock = new ClockMap();
  private context: AudioContext | null = null;
  private media: MediaStream | null = null;
  private resampler: Resampler | null = null;
  private slicer = new Slicer();
  private pending = new Int16Array(0);
  private floorDbfs = -60;
  private isMuted = false;

  constructor(private readonly ear: Ear) {}

  /** Asks for permission and begins; throws NoMicrophone. */
  async open(): Promise<void> {
    if (!window.isSecureContext) throw new NoMicrophone("insecure");
    if (!navigator.mediaDevices?.getUserMedia || !("AudioWorkletNode" in window)) {
      throw new NoMicrophone("unsupported");
    }
    try {
      this.media = await navigator.mediaDevices.getUserMedia({
        audio: {
          channelCount: 1,
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
        },
      });
    } catch (error) {
      throw new NoMicrophone(troubleOf(error));
    }
    for (const track of this.media.getAudioTracks()) {
      track.addEventListener("ended", () => this.ear.onTrouble("lost")); // headphones unplugged
    }
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule(captureUrl);
    const node = new AudioWorkletNode(this.context, "asha-capture", { numberOfOutputs: 0 });
    this.clock = new ClockMap();
    node.port.onmessage = (message) => {
      const { rateHz, samples, atS } = message.data;
      this.take(rateHz, samples, this.clock.pageMs(atS, performance.now()));
    };
    this.context.createMediaStreamSource(this.media).connect(node);
    if (this.context.state !== "running") await this.context.resume();
  }

  get isOpen(): boolean {
    return this.media !== null;
  }

  /** Sound stays here while muted; the track is switched off, so the browser shows it too. */
  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    for (const track of this.media?.getAudioTracks() ?? []) track.enabled = !isMuted;
    if (isMuted) this.level = 0;
  }

  /** What is left of a slice goes at once: the speaker let go of the key. */
  flush(): void {
    this.send(this.slicer.rest());
  }

  private send(numSamples: number): void {
    if (!numSamples) return;
    this.ear.onSlice(this.pending.slice(0, numSamples));
    this.pending = this.pending.slice(numSamples);
  }

  close(): void {
    for (const track of this.media?.getTracks() ?? []) track.stop();
    void this.context?.close();
    this.media = this.context = this.resampler = null; // the next one may have another rate
    this.level = 0;
    this.slicer = new Slicer();
    this.pending = new Int16Array(0);
  }

  /** 20 ms came. What is only Asha's own voice goes on as silence: the stream keeps its time. */
  private take(rateHz: number, samples: Float32Array, atMs: number): void {
    let dbfs = levelDbfs(samples);
    if (this.guard.isEcho(dbfs, atMs)) {
      samples.fill(0);
      dbfs = -100;
    }
    this.level = Math.max(Math.min(1, Math.max(0, (dbfs + 60) / 50)), this.level * 0.8);
    // The floor falls at once and rises 1 dB a second.
    if (dbfs > -100) this.floorDbfs = Math.min(dbfs, this.floorDbfs + 0.02);
    const loudDbfs = Math.max(LEAST_DBFS, this.floorDbfs + LOUD_DB);
    if (dbfs > loudDbfs) this.loudAtMs = atMs;
    if (this.isMuted) return;
    this.resampler ??= new Resampler(rateHz, HEARING_RATE_HZ);
    this.cut(s16OfFloats(this.resampler.push(samples)), samples, loudDbfs);
  }

  /** The halves are judged one by one: a voice may end in the middle. */
  private cut(piece: Int16Array, samples: Float32Array, loudDbfs: number): void {
    const joined = new Int16Array(this.pending.length + piece.length);
    joined.set(this.pending);
    joined.set(piece, this.pending.length);
    this.pending = joined;
    this.slicer.isQuick = this.isQuick;
    const [half, middle] = [piece.length >> 1, samples.length >> 1];
    const isLoud = [samples.subarray(0, middle), samples.subarray(middle)].map(
      (part) => levelDbfs(part) > loudDbfs,
    );
    this.send(this.slicer.take(half, isLoud[0] === true));
    this.send(this.slicer.take(piece.length - half, isLoud[1] === true));
  }
}
