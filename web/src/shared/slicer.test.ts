import { expect, it } from "vitest";
import vector from "../../../tests/golden/slices.json";
import { Slicer } from "./slicer.ts";

const BLOCK = 160; // 10 ms

/** Where slices end, in ms, of sound that is loud for `loudMs` after a second of silence. */
function endsMs(loudMs: number, isQuick = false): number[] {
  const slicer = new Slicer();
  slicer.isQuick = isQuick;
  const ends: number[] = [];
  let sent = 0;
  for (let block = 1; block <= 300; block++) {
    const isLoud = block * 10 > 1_000 && block * 10 <= 1_000 + loudMs;
    const slice = slicer.take(BLOCK, isLoud);
    sent += slice;
    if (slice) ends.push(sent / 16);
  }
  return ends;
}

it("slices are 192 ms long where nothing ends, and 64 while Asha speaks", () => {
  expect(endsMs(0).slice(0, 3)).toEqual([192, 384, 576]);
  expect(endsMs(0, true).slice(0, 3)).toEqual([64, 128, 192]);
});

it("a slice ends with the frame in which the voice does, and after 96, 160 and 608 ms of silence", () => {
  const lastFrameMs = Math.ceil((1_000 + 700) / 32) * 32; // 1,728
  const expected = [0, 96, 160, 608].map((silence) => lastFrameMs + silence);
  expect(endsMs(700)).toEqual(expect.arrayContaining(expected));
});

it("after two seconds without a voice slices are twice as long, until there is one again", () => {
  const slicer = new Slicer();
  const take = (ms: number, isLoud: boolean) =>
    Array.from({ length: ms / 10 }, () => slicer.take(BLOCK, isLoud)).filter(Boolean);
  take(2_310, false); // 2,304 of it have left
  expect(take(250, false)).toHaveLength(0);
  expect(take(10, true)).toEqual([8 * 512]); // 256 ms are more than 192
});

it("a voice that ends costs at most four slices more", () => {
  expect(endsMs(700).length).toBeLessThanOrEqual(3_000 / 192 + 4);
});

it("a voice that goes on takes back what its pause had planned", () => {
  const slicer = new Slicer();
  const take = (ms: number, isLoud: boolean) =>
    Array.from({ length: ms / 10 }, () => slicer.take(BLOCK, isLoud)).filter(Boolean);
  take(640, true);
  expect(take(30, false)).toHaveLength(1); // its end
  expect(take(160, true)).toHaveLength(0);
});

it("what is left goes at once when the speaker lets go, and the next slice begins there", () => {
  const slicer = new Slicer();
  for (let block = 0; block < 5; block++) slicer.take(BLOCK, true);
  expect(slicer.rest()).toBe(5 * BLOCK);
  expect(slicer.rest()).toBe(0);
});

it.each(vector)("$what is cut where the service's own tests cut it", ({ quick, loud, slices }) => {
  const slicer = new Slicer();
  slicer.isQuick = quick;
  expect([...loud].map((mark) => slicer.take(BLOCK, mark === "#"))).toEqual(slices);
});
