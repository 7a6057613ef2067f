import { expect, test } from "vitest";
import { figureText } from "./figure-text.ts";

test("a share is told in percent, a time in whole milliseconds", () => {
  expect(figureText(0.1234, "%")).toBe("12.3\u00a0%");
  expect(figureText(1234.4, "ms")).toBe("1,234\u00a0ms");
  expect(figureText(0.2512, "points")).toBe("25.1");
  expect(figureText(0.0312, "x")).toBe("0.031\u00a0×");
});
