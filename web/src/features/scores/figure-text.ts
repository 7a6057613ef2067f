/** Figures as people read them. */

import type { MetricFacts } from "./use-runs.ts";

export function figureText(value: number, unit: MetricFacts["unit"]): string {
  if (unit === "ms") return `${Math.round(value).toLocaleString("en-IN")} ms`;
  if (unit === "x") return `${value.toFixed(3)} ×`;
  return unit === "%" ? `${(value * 100).toFixed(1)} %` : (value * 100).toFixed(1);
}
