/** Asha means hope: a rising sun, whose rays show what she does. It is also the one big button. */

import { useEffect, useRef } from "react";
import type { Conversation } from "./conversation.ts";
import type { Mood } from "./use-conversation.ts";

const NUM_RAYS = 48;
const FRAME_MS = 30; // half of a screen's pictures: rays are slow, and phones have little to spare

/** Length of ray `i` (0..1) at second `t`, for a loudness of 0..1. */
export function rayLength(mood: Mood, i: number, t: number, level: number): number {
  const turn = (i / NUM_RAYS) * Math.PI * 2;
  const ripple = 0.5 + 0.5 * Math.sin(turn * 6 + t * 3.1) * Math.sin(turn * 4 - t * 2.3);
  switch (mood) {
    case "ready":
      return 0.24 + 0.05 * Math.sin(t * 1.3 + (i % 2) * Math.PI);
    case "asking":
      return 0.2 + 0.16 * Math.max(0, Math.sin(t * 4));
    case "listening":
      return 0.16 + 0.05 * Math.sin(t * 1.5 + turn) + level * ripple * 0.5;
    case "hearing":
      return 0.24 + level * (0.3 + ripple * 0.55);
    case "thinking": {
      const wave = Math.cos(turn * 2 - t * 4.2);
      return 0.14 + 0.42 * Math.max(0, wave) ** 4;
    }
    case "speaking":
      return 0.3 + Math.min(1, level * 1.7) * (0.2 + ripple * 0.55);
    case "paused":
      return 0.1;
    case "muted":
      return 0.06;
  }
}

export function Sun({ mood, conversation }: { mood: Mood; conversation: Conversation }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const moodNow = useRef(mood);
  moodNow.current = mood;

  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext("2d");
    if (!element || !pen) return;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const lengths = new Float32Array(NUM_RAYS);
    let frame = 0;
    let drawnMs = Number.NEGATIVE_INFINITY;
    const draw = (nowMs: number) => {
      if (!isStill && nowMs - drawnMs < FRAME_MS) {
        frame = requestAnimationFrame(draw);
        return;
      }
      drawnMs = nowMs;
      const level =
        moodNow.current === "speaking"
          ? conversation.player.level
          : conversation.ear.microphone.level;
      const t = isStill ? 0 : nowMs / 1_000;
      for (let i = 0; i < NUM_RAYS; i++) {
        const wanted = rayLength(moodNow.current, i, t, isStill ? 0.4 : level);
        lengths[i] = (lengths[i] ?? 0) + (wanted - (lengths[i] ?? 0)) * (isStill ? 1 : 0.38);
      }
      paint(element, pen, lengths, getComputedStyle(element).color);
      frame = isStill ? window.setTimeout(() => draw(0), 250) : requestAnimationFrame(draw);
    };
    draw(0);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(frame);
    };
  }, [conversation]);

  return (
    <span aria-hidden="true">
      <canvas ref={canvas} className="sun-canvas" />
    </span>
  );
}

function paint(
  element: HTMLCanvasElement,
  pen: CanvasRenderingContext2D,
  lengths: Float32Array,
  colour: string,
): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const size = Math.round(element.clientWidth * ratio);
  if (!size) return;
  if (element.width !== size) {
    element.width = size;
    element.height = size;
  }
  const centre = size / 2;
  const disc = size * 0.27;
  const gap = size * 0.04;
  pen.clearRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineCap = "round";
  for (let i = 0; i < NUM_RAYS; i++) {
    const angle = (i / NUM_RAYS) * Math.PI * 2 - Math.PI / 2;
    const isLong = i % 2 === 0;
    const length = (lengths[i] ?? 0) * size * 0.2 * (isLong ? 1 : 0.62);
    const from = disc + gap;
    pen.globalAlpha = isLong ? 0.95 : 0.55;
    pen.lineWidth = size * (isLong ? 0.0115 : 0.008);
    pen.beginPath();
    pen.moveTo(centre + Math.cos(angle) * from, centre + Math.sin(angle) * from);
    pen.lineTo(
      centre + Math.cos(angle) * (from + length),
      centre + Math.sin(angle) * (from + length),
    );
    pen.stroke();
  }
  pen.globalAlpha = 1;
}
