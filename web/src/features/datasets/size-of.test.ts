import { expect, test } from "vitest";
import { sizeOf } from "./size-of.ts";

test("hours and clips are told where somebody has counted", () => {
  expect(sizeOf({ hours: 12.5, rows: {} })).toBe("12.5 h");
  expect(sizeOf({ hours: null, rows: { test: 786, train: 1358 } })).toBe("1,358 + 786");
  expect(sizeOf({ hours: null, rows: {} })).toBe("");
});
