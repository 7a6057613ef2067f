/** The turns of this conversation, one line a clock. */

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useWords } from "../../shared/strings.ts";
import type { MeasuredTurn } from "./latency-page.tsx";

const HEIGHT_PX = 240;

export default function TurnsChart({ turns }: { turns: MeasuredTurn[] }) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const names = [
    words("latency.first_audio"),
    words("latency.first_answer"),
    words("latency.voice_to_voice"),
  ];
  const key = names.join();

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour("--ink-soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
      font: "13px var(--font)",
    };
    const series = [colour("--part-1"), colour("--accent"), colour("--part-3")].map(
      (stroke, i) => ({
        label: names[i] ?? "",
        stroke,
        width: 2,
        points: { show: turns.length < 25, size: 6, fill: stroke },
        value: (_: uPlot, ms: number | null) => (ms === null ? "–" : `${Math.round(ms)} ms`),
      }),
    );
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, most * 1.15 || 1] } },
        axes: [
          { ...axis, incrs: [1, 2, 5, 10, 20] },
          { ...axis, size: 56 },
        ],
        series: [{ label: "#" }, ...series],
      },
      [
        turns.map((_, i) => i + 1),
        turns.map((turn) => turn.clocks.first_audio),
        turns.map((turn) => turn.clocks.first_answer),
        turns.map((turn) => turn.voiceToVoiceMs ?? turn.clocks.voice_to_voice),
      ],
      element,
    );
    const resize = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [turns, key]);

  return <div ref={place} className="chart" />;
}
