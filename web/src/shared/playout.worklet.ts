/**
 * Runs on the audio thread: a queue of speech that plays without gaps and falls silent within one
 * render quantum (128 samples). Messages in: chunk and end, through the voice's own port; pause,
 * resume, clear, depth.
 * Messages out: place (item, ms heard), started, gap, drained; while it sounds, frames of 20 ms
 * with their loudness; else a tick now and then, so that the page knows this thread's clock before
 * the first word.
 */

/// <reference types="audioworklet" />

interface Piece {
  item: string;
  startMs: number;
  samples: Float32Array;
  isAnswer: boolean;
}

type Command =
  | { do: "chunk"; piece: Piece; serial: number; numStops: number }
  | { do: "end"; serial: number; numStops: number }
  | { do: "pause" | "resume" }
  | { do: "clear"; numStops: number }
  | { do: "voice"; port: MessagePort }
  | { do: "depth"; ms: number };

const TICK_FRAMES = 10; // every fifth of a second
const FRAME = Math.round(sampleRate / 50);
const FADE = 96; // samples; a cut without it clicks

class Playout extends AudioWorkletProcessor {
  private queue: Piece[] = [];
  private at = 0; // in the first piece
  private queued = 0; // samples
  private depth = 0;
  private isPlaying = false;
  private isPaused = false;
  private isEnded = true;
  private isDry = false; // there is no more sound: a gap, if some comes
  private gain = 0;
  private filled = 0;
  private peak = 0;
  private energy = 0;
  private told = "";
  private numSilent = 0; // frames since the last message with a time
  private isClearing = false;
  private serial = 0; // of the latest command
  private numStops = 0; // what was sent before the last one is not heard

  constructor() {
    super();
    this.port.onmessage = (message: MessageEvent<Command>) => this.obey(message.data);
  }

  private obey(command: Command): void {
    if (command.do === "chunk") {
      if (command.numStops < this.numStops) return;
      if (this.isClearing) this.empty();
      if (this.isDry) this.port.postMessage({ tell: "gap" });
      this.isDry = false;
      this.queue.push(command.piece);
      this.serial = command.serial;
      this.queued += command.piece.samples.length;
      this.isEnded = false;
    } else if (command.do === "end") {
      if (command.numStops < this.numStops) return;
      this.isEnded = true;
      this.isDry = false; // nothing was missing
      this.serial = command.serial;
      if (!this.queued && !this.isPlaying) this.drain(); // it ran dry before its end was known
    } else if (command.do === "pause") this.isPaused = true;
    else if (command.do === "resume") this.isPaused = false;
    else if (command.do === "depth") this.depth = (command.ms / 1_000) * sampleRate;
    else if (command.do === "voice") {
      command.port.onmessage = (message: MessageEvent<Command>) => this.obey(message.data);
    } else if (command.do === "clear") {
      this.numStops = command.numStops;
      if (this.gain > 0) this.isClearing = true;
      else this.empty();
    }
  }

  private empty(): void {
    this.queue = [];
    this.at = this.queued = this.gain = 0;
    this.isPlaying = this.isPaused = this.isClearing = this.isDry = false;
    this.isEnded = true;
    this.told = "";
  }

  process(_: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0]?.[0];
    if (!out) return true;
    if (!this.isPlaying && this.queued > 0 && (this.queued >= this.depth || this.isEnded)) {
      this.isPlaying = true;
    }
    const wanted = this.isPlaying && !this.isPaused && !this.isClearing ? 1 : 0;
    for (let i = 0; i < out.length; i++) {
      this.gain += Math.sign(wanted - this.gain) * Math.min(1 / FADE, Math.abs(wanted - this.gain));
      out[i] = this.gain > 0 ? this.next() * this.gain : 0;
      this.peak = Math.max(this.peak, Math.abs(out[i] ?? 0));
      this.energy += (out[i] ?? 0) ** 2;
      if (++this.filled === FRAME) this.tell();
    }
    if (this.isClearing && this.gain === 0) this.empty();
    return true;
  }

  private next(): number {
    const piece = this.queue[0];
    if (!piece) {
      if (this.isPlaying) {
        this.isPlaying = false;
        this.gain = 0;
        if (this.isEnded) this.drain();
        else this.isDry = true;
      }
      return 0;
    }
    const key = piece.item + piece.isAnswer;
    if (this.told !== key) {
      this.told = key;
      this.port.postMessage({ tell: "started", item: piece.item, isAnswer: piece.isAnswer });
    }
    const sample = piece.samples[this.at++] ?? 0;
    this.queued--;
    if (this.at >= piece.samples.length) {
      this.queue.shift();
      this.at = 0;
      if (!this.queue.length) this.place(piece, piece.samples.length);
    }
    return sample;
  }

  private drain(): void {
    this.port.postMessage({ tell: "drained", serial: this.serial });
  }

  private tell(): void {
    const piece = this.queue[0];
    if (piece && this.isPlaying) this.place(piece, this.at);
    if (this.peak > 0 || this.isPlaying) {
      const dbfs = 10 * Math.log10(this.energy / FRAME + 1e-10);
      this.port.postMessage({ tell: "frame", level: this.peak, dbfs, atS: currentTime });
    } else if (++this.numSilent >= TICK_FRAMES) {
      this.numSilent = 0;
      this.port.postMessage({ tell: "tick", atS: currentTime });
    }
    this.peak = this.energy = this.filled = 0;
  }

  private place(piece: Piece, at: number): void {
    const ms = piece.startMs + (at / sampleRate) * 1_000;
    this.port.postMessage({ tell: "place", item: piece.item, ms });
  }
}

registerProcessor("asha-playout", Playout);
