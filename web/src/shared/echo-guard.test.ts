import { describe, expect, it, vi } from "vitest";
import { EchoGuard, FRAME_MS } from "./echo-guard.ts";

vi.setConfig({ testTimeout: 120_000 }); // half a second on a quiet machine

/** A seeded chance, so that a failure can be looked at again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** The loudness of somebody who talks: syllables of 100 to 260 ms, short gaps, a pause now and then. */
function talk(seconds: number, dbfs: number, random: () => number, spread = 12): number[] {
  const curve: number[] = [];
  while (curve.length < (seconds * 1_000) / FRAME_MS) {
    const length = 5 + Math.floor(random() * 8);
    const peak = dbfs - random() * spread;
    for (let i = 0; i < length; i++) {
      curve.push(peak - 9 * Math.abs((2 * i) / (length - 1) - 1) + random() * 3);
    }
    const gap = random() < 0.15 ? 8 : Math.floor(random() * 3);
    for (let i = 0; i < gap; i++) curve.push(-70);
  }
  return curve.slice(0, Math.round((seconds * 1_000) / FRAME_MS));
}

const sum = (...dbfs: number[]) =>
  10 * Math.log10(dbfs.reduce((all, db) => all + 10 ** (db / 10), 0));

interface Scene {
  echoDb: number | null;
  delayMs: number;
  user?: number[];
  userFrom?: number;
  seed?: number;
}

/** Plays one reply into a guard; which audible frames were let through. */
function scene(guard: EchoGuard, startMs: number, { echoDb, delayMs, ...more }: Scene): boolean[] {
  const random = chance(more.seed ?? 1);
  const reply = talk(3, -16, random);
  const delay = Math.round(delayMs / FRAME_MS);
  const passed: boolean[] = [];
  for (let i = 0; i < reply.length + 40; i++) {
    const atMs = startMs + i * FRAME_MS;
    if (i < reply.length) guard.play(reply[i] ?? -100, atMs);
    // The room rings: what was played before sounds on, 3 dB less every 20 ms.
    const rings = [0, 1, 2, 3].map((k) => (reply[i - delay - k] ?? -100) - 3 * k);
    const echo = echoDb === null ? -100 : sum(...rings) - 3 + echoDb + (random() - 0.5) * 4;
    const user = more.user?.[i - (more.userFrom ?? 0)] ?? -100;
    const dbfs = sum(echo, user, -62 + random() * 4);
    passed.push(!guard.isEcho(dbfs, atMs) && dbfs > AUDIBLE_DBFS);
  }
  return passed;
}

const AUDIBLE_DBFS = -50;
const LEVELS = [-20, -10];
const DELAYS = [80, 150, 250];
const MAX_FRAMES_TO_HEAR = 20; // 400 ms: a first syllable may be as soft as her echo

describe.each(LEVELS)("an echo of %i dB", (echoDb) => {
  it.each(DELAYS)("of %i ms is never taken for the user, in 20 replies", (delayMs) => {
    const guard = new EchoGuard();
    for (let reply = 0; reply < 20; reply++) {
      const passed = scene(guard, reply * 5_000, { echoDb, delayMs, seed: reply + 1 });
      const loud = passed.slice(0, 150).filter(Boolean).length;
      expect(
        loud,
        `reply ${reply}, echo at ${guard.gainDb} dB, passed ${passed.flatMap((is, i) => (is ? [i] : []))}`,
      ).toBe(0);
    }
  });

  it.each(DELAYS)("of %i ms does not hide a user who says ruko", (delayMs) => {
    for (let seed = 1; seed <= 10; seed++) {
      const guard = new EchoGuard();
      scene(guard, 0, { echoDb, delayMs, seed: 99 });
      const user = talk(1, -13, chance(seed), 4); // said to stop her: a little louder than she
      const passed = scene(guard, 5_000, { echoDb, delayMs, user, userFrom: 75, seed });
      // From then on she is quiet (the server pauses her at two frames of speech).
      expect(passed.indexOf(true) - 75, `seed ${seed}`).toBeLessThan(MAX_FRAMES_TO_HEAR);
      expect(passed.slice(75).filter(Boolean).length).toBeGreaterThan(20);
    }
  });
});

it("with headphones a quiet user is heard at once", () => {
  const guard = new EchoGuard();
  scene(guard, 0, { echoDb: null, delayMs: 0 });
  const user = talk(0.5, -34, chance(3));
  const passed = scene(guard, 5_000, { echoDb: null, delayMs: 0, user, userFrom: 60, seed: 5 });
  expect(passed.slice(60, 85).filter(Boolean).length).toBeGreaterThan(15); // gaps are not audible
});

it("headphones plugged in later are noticed within two replies", () => {
  const guard = new EchoGuard();
  scene(guard, 0, { echoDb: -10, delayMs: 100 });
  expect(guard.gainDb).not.toBeNull();
  scene(guard, 5_000, { echoDb: null, delayMs: 0, seed: 2 });
  scene(guard, 10_000, { echoDb: null, delayMs: 0, seed: 3 });
  expect(guard.gainDb).toBeNull();
});

it("an echo that breaks up for two seconds is not taken for headphones", () => {
  const guard = new EchoGuard();
  const random = chance(7);
  scene(guard, 0, { echoDb: -10, delayMs: 100 });
  const reply = talk(2, -16, random);
  reply.forEach((dbfs, i) => {
    guard.play(dbfs, 5_000 + i * FRAME_MS);
    guard.isEcho(
      random() < 0.5 ? -100 : (reply[Math.max(0, i - 30)] ?? 0) - 12,
      5_000 + i * FRAME_MS,
    );
  });
  expect(guard.gainDb).not.toBeNull();
});

it("who takes turns is heard when Asha is silent, and only then", () => {
  const guard = new EchoGuard();
  guard.takesTurns = true;
  const user = talk(3.8, -16, chance(4));
  const passed = scene(guard, 0, { echoDb: null, delayMs: 0, user, userFrom: 0 });
  expect(passed.slice(0, 150).some(Boolean)).toBe(false);
  expect(passed.slice(180).filter(Boolean).length).toBeGreaterThan(5);
});

describe("while the page is too busy to be told what she plays", () => {
  const LOUD_DBFS = -25;

  it("what the microphone hears is held back", () => {
    const guard = new EchoGuard();
    for (let i = 0; i < 20; i++) guard.isEcho(-70, i * FRAME_MS);
    guard.isSpeaking = true; // her first frames are on their way
    const passed = [];
    for (let i = 20; i < 30; i++) passed.push(!guard.isEcho(LOUD_DBFS, i * FRAME_MS));
    expect(passed).not.toContain(true);
  });

  it("who was speaking when she began is not cut off", () => {
    const guard = new EchoGuard();
    for (let i = 0; i < 20; i++) guard.isEcho(LOUD_DBFS, i * FRAME_MS);
    guard.isSpeaking = true;
    const passed = [];
    for (let i = 20; i < 30; i++) passed.push(!guard.isEcho(LOUD_DBFS, i * FRAME_MS));
    expect(passed).not.toContain(false);
  });
});
