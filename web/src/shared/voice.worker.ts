/**
 * Decodes Asha's voice away from the page's own thread, which may be busy drawing, and hands it to
 * the audio thread. What comes before the loudspeaker is open waits here.
 */

import { opusDecoder } from "./opus.ts";
import { bytesOfBase64, floatsOfBase64, Resampler } from "./pcm.ts";

export type Coding = "audio/pcm" | "audio/opus";

/** A piece of a reply as the stream brought it. */
export interface Delta {
  item: string;
  startMs: number;
  isAnswer: boolean;
  coding: Coding;
  rateHz: number;
  /** base64 */
  delta: string;
}

/** Counts what is sent, and how often it was stopped: both come back with what they belong to. */
export interface Count {
  serial: number;
  numStops: number;
}

export type ToVoice =
  | { do: "open"; port: MessagePort; toHz: number }
  | ({ do: "delta"; delta: Delta } & Count)
  | ({ do: "end" } & Count);

let speaker: { port: MessagePort; toHz: number } | null = null;
let decoder: ReturnType<typeof opusDecoder> | null = null;
const early: ToVoice[] = [];
const resamplers = new Map<number, Resampler>();

function decode(delta: Delta, count: Count, { port, toHz }: NonNullable<typeof speaker>): void {
  const { item, startMs, isAnswer, rateHz } = delta;
  const give = (raw: Float32Array) => {
    const samples = rateHz === toHz ? raw : resampler(rateHz, toHz).push(raw);
    const piece = { item, startMs, isAnswer, samples };
    port.postMessage({ do: "chunk", piece, ...count }, [samples.buffer]);
  };
  if (delta.coding === "audio/pcm") give(floatsOfBase64(delta.delta));
  else {
    if (!decoder?.isAlive()) decoder = opusDecoder();
    decoder.decode(bytesOfBase64(delta.delta), give);
  }
}

function resampler(fromHz: number, toHz: number): Resampler {
  const found = resamplers.get(fromHz) ?? new Resampler(fromHz, toHz);
  resamplers.set(fromHz, found);
  return found;
}

function take(told: ToVoice): void {
  if (told.do === "open") {
    speaker = told;
    for (const one of early.splice(0)) take(one);
  } else if (!speaker) {
    early.push(told);
  } else if (told.do === "delta") {
    decode(told.delta, { serial: told.serial, numStops: told.numStops }, speaker);
  } else {
    const { port } = speaker;
    if (decoder) void decoder.settled().then(() => port.postMessage(told));
    else port.postMessage(told);
  }
}

addEventListener("message", (message: MessageEvent<ToVoice>) => take(message.data));
