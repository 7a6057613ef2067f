import { expect, it } from "vitest";
import { packetMs } from "./opus.ts";

it.each([
  ["one frame of 20 ms", [0b01001_000], 20],
  ["one long frame", [0b01011_000], 60],
  ["two frames of 20 ms", [0b01001_001], 40],
  ["five frames of 20 ms as the service joins them", [0b01001_011, 0x85], 100],
  ["a hybrid frame", [0b01111_000], 20],
  ["a short frame of music", [0b11100_000], 2.5],
])("%s is as long as its head says", (_, packet, ms) => {
  expect(packetMs(Uint8Array.from(packet))).toBe(ms);
});
