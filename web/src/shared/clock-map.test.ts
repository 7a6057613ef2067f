import { expect, it } from "vitest";
import { ClockMap } from "./clock-map.ts";

const OFFSET_MS = 5_000;
const LATE_MS = [0, 3, 180, 40, 0, 220, 220, 1, 90, 0];

it("what is told late keeps its own time, once something was told in time", () => {
  const clock = new ClockMap();
  clock.pageMs(0, OFFSET_MS);
  for (const [i, lateMs] of LATE_MS.entries()) {
    const atS = 0.2 + i * 0.02;
    expect(clock.pageMs(atS, atS * 1_000 + OFFSET_MS + lateMs)).toBeCloseTo(
      atS * 1_000 + OFFSET_MS,
    );
  }
});

it("after the audio thread was starved, its clock is right again within three seconds", () => {
  const clock = new ClockMap();
  const starvedMs = 80;
  for (let atS = 0; atS < 2; atS += 0.02) clock.pageMs(atS, atS * 1_000 + OFFSET_MS);
  let page = 0;
  for (let atS = 2; atS < 5.2; atS += 0.02) {
    page = clock.pageMs(atS, atS * 1_000 + OFFSET_MS + starvedMs) - atS * 1_000;
  }
  expect(page).toBeCloseTo(OFFSET_MS + starvedMs);
});
