/** Pure functions on sound: s16 little endian, mono. */

export const HEARING_RATE_HZ = 16_000;

/** Samples of base64 s16, as -1..1. */
export function floatsOfBase64(text: string): Float32Array<ArrayBuffer> {
  const bytes = bytesOfBase64(text);
  const view = new DataView(bytes.buffer);
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, true) / 32_768;
  return samples;
}

export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** -1..1 to s16; what is louder is clipped. */
export function s16OfFloats(samples: Float32Array): Int16Array<ArrayBuffer> {
  const out = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const scaled = Math.round((samples[i] ?? 0) * 32_767);
    out[i] = Math.max(-32_768, Math.min(32_767, scaled));
  }
  return out;
}

/** Level in dB below full scale, never less than -100. */
export function levelDbfs(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const mean = samples.length ? sum / samples.length : 0;
  return mean > 1e-10 ? 10 * Math.log10(mean) : -100;
}

const TAPS_PER_SIDE = 16;

/**
 * Any rate to another, piece by piece, without a seam: a windowed sinc whose cut-off lies below
 * the lower of the two Nyquist frequencies. Delay: 16 samples of the lower rate.
 */
export class Resampler {
  private readonly cutoff: number;
  private readonly reach: number; // input samples each side of the output's place
  private readonly step: number;
  private kept: Float32Array;
  private place: number; // of the next output sample, in `kept`

  constructor(fromHz: number, toHz: number) {
    this.cutoff = Math.min(1, toHz / fromHz) * 0.92;
    this.reach = Math.ceil(TAPS_PER_SIDE * Math.max(1, fromHz / toHz));
    this.step = fromHz / toHz;
    this.kept = new Float32Array(this.reach);
    this.place = this.reach;
  }

  push(samples: Float32Array): Float32Array {
    if (this.step === 1) return samples;
    const all = new Float32Array(this.kept.length + samples.length);
    all.set(this.kept);
    all.set(samples, this.kept.length);
    const num = Math.max(0, Math.ceil((all.length - this.reach - this.place) / this.step));
    const out = new Float32Array(num);
    for (let i = 0; i < num; i++) out[i] = this.at(all, this.place + i * this.step);
    const next = this.place + num * this.step;
    const drop = Math.max(0, Math.floor(next) - this.reach);
    this.kept = all.slice(drop);
    this.place = next - drop;
    return out;
  }

  private at(all: Float32Array, place: number): number {
    const first = Math.ceil(place - this.reach);
    const last = Math.floor(place + this.reach);
    let sum = 0;
    for (let i = Math.max(0, first); i <= last; i++) {
      const x = i - place;
      const angle = Math.PI * x * this.cutoff;
      const sinc = x === 0 ? 1 : Math.sin(angle) / angle;
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * x) / (this.reach + 1));
      sum += (all[i] ?? 0) * sinc * hann * this.cutoff;
    }
    return sum;
  }
}

/** A WAV file of s16 sound. */
export function wavOf(samples: Int16Array, rateHz: number): Blob {
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i++) head.setUint8(at + i, word.charCodeAt(i));
  };
  const numBytes = samples.length * 2;
  text(0, "RIFF");
  head.setUint32(4, 36 + numBytes, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rateHz, true);
  head.setUint32(28, rateHz * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, numBytes, true);
  return new Blob([head.buffer, new Int16Array(samples)], { type: "audio/wav" });
}
