/** Runs of `asha eval` on this machine, from the server. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../../shared/api.ts";

export interface RunRow {
  name: string;
  suite: string;
  title: string;
  model: string;
  started_at: string;
  is_done: boolean;
  num_cases: number;
  num_failed: number;
}

export interface Figure {
  value: number;
  low: number;
  high: number;
  n: number;
}

export interface MetricFacts {
  title: string;
  unit: "%" | "points" | "ms" | "x";
  is_better_low: boolean;
}

export interface RunFigures {
  run: RunRow;
  parts: Record<string, { task: string; figures: Record<string, Record<string, Figure>> }>;
  metrics: Record<string, MetricFacts>;
  left_out: Record<string, string>;
  problems: string[];
}

export interface ComparedRow {
  part: string;
  language: string;
  metric: string;
  title: string;
  unit: MetricFacts["unit"];
  a: number;
  b: number;
  low: number;
  high: number;
  p: number;
  n: number;
  verdict: "better" | "worse" | "same";
}

const named = encodeURIComponent;

export const useRuns = () =>
  useQuery({
    queryKey: ["runs"],
    queryFn: () => api.read<{ data: RunRow[] }>("/v1/lab/runs"),
    refetchInterval: 10_000,
  });

export const useRun = (name: string) =>
  useQuery({
    queryKey: ["runs", name],
    queryFn: () => api.read<RunFigures>(`/v1/lab/runs/${named(name)}`),
  });

export const useComparison = (a: string, b: string) =>
  useQuery({
    queryKey: ["runs", a, b],
    queryFn: () =>
      api.read<{ num_shared: number; data: ComparedRow[] }>(
        `/v1/lab/compare/${named(a)}/${named(b)}`,
      ),
  });
