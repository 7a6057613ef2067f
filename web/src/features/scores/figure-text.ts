/** Figures as people read them. */

import type { MetricFacts } from "./use-runs.ts";

const GAP = "\u00a0"; // a figure and its unit stay on one line

export function figureText(value: number, unit: MetricFacts["unit"]): string {
  if (unit === "ms") return `${Math.round(value).toLocaleString("en-IN")}${GAP}ms`;
  if (unit === "x") return `${value.toFixed(3)}${GAP}×`;
  return unit === "%" ? `${(value * 100).toFixed(1)}${GAP}%` : (value * 100).toFixed(1);
}
