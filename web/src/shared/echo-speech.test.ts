/** The echo guard on real speech in a room, in the page's own frames: the numbers of the promise. */

import { describe, expect, it, vi } from "vitest";
import clip from "../../../src/asha/cli/clips/question.wav?inline"; // what `asha talk` plays
import { EchoGuard, FRAME_MS } from "./echo-guard.ts";
import { floatsOfBase64, levelDbfs, Resampler } from "./pcm.ts";

vi.setConfig({ testTimeout: 120_000 }); // two seconds on a quiet machine

const RATE_HZ = 16_000;
const FRAME = (RATE_HZ * FRAME_MS) / 1_000;
const SPEECH_FRAMES = 2; // the service's detector hears no shorter sound
const NOISE = 0.001; // -60 dB of full scale
const REPLY_S = 3;

const WAV_HEAD = 22; // samples' worth of header before the sound

/** A question somebody asks, its peak at half of full scale. */
const question = (() => {
  const samples = floatsOfBase64(clip.slice(clip.indexOf(",") + 1)).subarray(WAV_HEAD);
  const peak = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return samples.map((sample) => (sample / peak) * 0.5);
})();

const talkers = new Map<number, Float32Array>();

/** The same by a talker of another speed and pitch. */
function spokenFaster(times: number): Float32Array {
  const made = talkers.get(times) ?? new Resampler(RATE_HZ * times, RATE_HZ).push(question);
  talkers.set(times, made);
  return made;
}

/** The n-th reply: the clip twice, by two talkers of other speed and pitch. */
function reply(n: number): Float32Array {
  const first = spokenFaster(0.8 + (n % 7) * 0.07);
  const second = spokenFaster(1.3 - (n % 5) * 0.09);
  const all = new Float32Array(REPLY_S * RATE_HZ);
  all.set(first.subarray(0, all.length));
  all.set(second.subarray(0, Math.max(0, all.length - first.length)), first.length);
  return all;
}

interface Room {
  db: number;
  delayMs: number;
}

/** What the microphone gets: the reply through the air, reflected twice, somebody's words, noise. */
function heardIn({ db, delayMs }: Room, said: Float32Array, words: Float32Array, wordsAt: number) {
  const gain = 10 ** (db / 20);
  const delay = Math.round((delayMs / 1_000) * RATE_HZ);
  const heard = new Float32Array(said.length + RATE_HZ / 2);
  for (let i = 0; i < heard.length; i++) {
    const direct = said[i - delay] ?? 0;
    const walls = 0.4 * (said[i - delay - 560] ?? 0) + 0.2 * (said[i - delay - 1_370] ?? 0);
    const noise = NOISE * Math.sin(i * 12.9898 + Math.sin(i * 78.233) * 43_758.5453);
    heard[i] = gain * (direct + walls) + (words[i - wordsAt] ?? 0) + noise;
  }
  return heard;
}

/** Plays and hears frame by frame; which audible frames were let through. */
function play(guard: EchoGuard, said: Float32Array, heard: Float32Array, startMs: number) {
  const passed: boolean[] = [];
  for (let at = 0; at + FRAME <= heard.length; at += FRAME) {
    const atMs = startMs + (at / RATE_HZ) * 1_000;
    if (at + FRAME <= said.length) guard.play(levelDbfs(said.subarray(at, at + FRAME)), atMs);
    const dbfs = levelDbfs(heard.subarray(at, at + FRAME));
    passed.push(!guard.isEcho(dbfs, atMs) && dbfs > -50);
  }
  return passed;
}

const longestRun = (passed: boolean[]) =>
  passed.reduce(
    ({ run, most }, is) => ({ run: is ? run + 1 : 0, most: Math.max(most, is ? run + 1 : 0) }),
    { run: 0, most: 0 },
  ).most;

const SILENCE = new Float32Array(0);

describe.each([-20, -10])("an echo of %i dB", (db) => {
  it.each([80, 165, 250])("%i ms late never reaches the service in 20 replies", (delayMs) => {
    const guard = new EchoGuard();
    for (let n = 0; n < 20; n++) {
      const said = reply(n);
      const heard = heardIn({ db, delayMs }, said, SILENCE, 0);
      const run = longestRun(play(guard, said, heard, n * 6_000));
      expect(run, `reply ${n}, echo taken for ${guard.gainDb} dB`).toBeLessThan(SPEECH_FRAMES);
    }
  });

  it.each([80, 165, 250])(
    "%i ms late leaves a word 3 dB louder than hers to be heard",
    (delayMs) => {
      for (let n = 1; n <= 10; n++) {
        const guard = new EchoGuard();
        const room = { db, delayMs };
        play(guard, reply(0), heardIn(room, reply(0), SILENCE, 0), 0);
        const word = spokenFaster(1.15).map((sample) => sample * 1.41);
        const wordAt = (0.9 + n * 0.1) * RATE_HZ;
        const said = reply(n);
        const passed = play(guard, said, heardIn(room, said, word, Math.round(wordAt)), 6_000);
        const first = passed.indexOf(true) - Math.round(wordAt / FRAME);
        expect(longestRun(passed), `word ${n}`).toBeGreaterThanOrEqual(SPEECH_FRAMES);
        expect(first * FRAME_MS, `word ${n}`).toBeLessThan(600);
      }
    },
  );
});
