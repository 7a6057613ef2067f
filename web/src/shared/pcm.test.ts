import { expect, it } from "vitest";
import { floatsOfBase64, levelDbfs, Resampler, s16OfFloats, wavOf } from "./pcm.ts";

const sine = (hz: number, rateHz: number, seconds: number) =>
  Float32Array.from({ length: rateHz * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hz * i) / rateHz),
  );

function resampled(samples: Float32Array, fromHz: number, toHz: number, size: number) {
  const resampler = new Resampler(fromHz, toHz);
  const out: number[] = [];
  for (let at = 0; at < samples.length; at += size) {
    out.push(...resampler.push(samples.subarray(at, at + size)));
  }
  return Float32Array.from(out);
}

it("base64 of s16 becomes -1..1", () => {
  const bytes = new Uint8Array(new Int16Array([0, 16_384, -32_768]).buffer);
  expect([...floatsOfBase64(btoa(String.fromCharCode(...bytes)))]).toEqual([0, 0.5, -1]);
});

it("what is too loud is clipped", () => {
  expect([...s16OfFloats(Float32Array.of(2, -2, 0))]).toEqual([32_767, -32_768, 0]);
});

it("a full-scale sine is 3 dB below full scale, silence is -100", () => {
  expect(levelDbfs(sine(440, 16_000, 1))).toBeCloseTo(-3.01, 1);
  expect(levelDbfs(new Float32Array(100))).toBe(-100);
});

it.each([44_100, 48_000])("a tone keeps its loudness and length from %i Hz", (rateHz) => {
  const out = resampled(sine(1_000, rateHz, 1), rateHz, 16_000, 128);
  expect(Math.abs(out.length - 16_000)).toBeLessThan(40);
  expect(levelDbfs(out.subarray(100, -100))).toBeCloseTo(-3.01, 1);
});

it("what 16 kHz cannot hold is gone, and does not fold back", () => {
  const out = resampled(sine(11_000, 48_000, 1), 48_000, 16_000, 128);
  expect(levelDbfs(out.subarray(200, -200))).toBeLessThan(-50);
});

it("pieces join without a seam", () => {
  const tone = sine(300, 44_100, 0.5);
  const whole = resampled(tone, 44_100, 16_000, tone.length);
  const pieces = resampled(tone, 44_100, 16_000, 97);
  const most = Math.max(
    ...whole.slice(0, pieces.length).map((x, i) => Math.abs(x - (pieces[i] ?? 0))),
  );
  expect(most).toBeLessThan(1e-5);
});

it("a WAV file says its rate and length", async () => {
  const bytes = new DataView(await wavOf(new Int16Array(10), 16_000).arrayBuffer());
  expect(bytes.getUint32(24, true)).toBe(16_000);
  expect(bytes.getUint32(40, true)).toBe(20);
});
