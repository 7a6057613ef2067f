/**
 * Runs on the audio thread: a queue of speech that plays without gaps and falls silent within one
 * render quantum (128 samples). Messages in: chunk, end, pause, resume, clear, depth.
 * Messages out: place (item, ms heard), started, starved, drained; while it sounds, frames of 20 ms
 * with their loudness.
 */

/// <reference types="audioworklet" />

interface Piece {
  item: string;
  startMs: number;
  samples: Float32Array;
  isAnswer: boolean;
}

type Command =
  | { do: "chunk"; piece: Piece }
  | { do: "end" | "pause" | "resume" | "clear" }
  | { do: "depth"; ms: number };

const FRAME = Math.round(sampleRate / 50);
const FADE = 96; // samples; a cut without it clicks

class Playout extends AudioWorkletProcessor {
  private queue: Piece[] = [];
  private at = 0; // in the first piece
  private queued = 0; // samples
  private depth = 0.06 * sampleRate;
  private isPlaying = false;
  private isPaused = false;
  private isEnded = true;
  private gain = 0;
  private filled = 0;
  private peak = 0;
  private energy = 0;
  private told = "";
  private isClearing = false;
  private numChunks = 0;

  constructor() {
    super();
    this.port.onmessage = (message: MessageEvent<Command>) => this.obey(message.data);
  }

  private obey(command: Command): void {
    if (command.do === "chunk") {
      if (this.isClearing) this.empty();
      this.queue.push(command.piece);
      this.numChunks++;
      this.queued += command.piece.samples.length;
      this.isEnded = false;
    } else if (command.do === "end") this.isEnded = true;
    else if (command.do === "pause") this.isPaused = true;
    else if (command.do === "resume") this.isPaused = false;
    else if (command.do === "depth") this.depth = (command.ms / 1_000) * sampleRate;
    else if (this.gain > 0) this.isClearing = true;
    else this.empty();
  }

  private empty(): void {
    this.queue = [];
    this.at = this.queued = this.gain = 0;
    this.isPlaying = this.isPaused = this.isClearing = false;
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
        const { numChunks } = this;
        this.port.postMessage(this.isEnded ? { tell: "drained", numChunks } : { tell: "starved" });
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

  private tell(): void {
    const piece = this.queue[0];
    if (piece && this.isPlaying) this.place(piece, this.at);
    if (this.peak > 0) {
      const dbfs = 10 * Math.log10(this.energy / FRAME + 1e-10);
      this.port.postMessage({ tell: "frame", level: this.peak, dbfs, atS: currentTime });
    }
    this.peak = this.energy = this.filled = 0;
  }

  private place(piece: Piece, at: number): void {
    const ms = piece.startMs + (at / sampleRate) * 1_000;
    this.port.postMessage({ tell: "place", item: piece.item, ms });
  }
}

registerProcessor("asha-playout", Playout);
