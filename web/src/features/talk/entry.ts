/** How a conversation is entered: the device's own session again, or a new one. */

import { ApiError, api, type SessionAnswer } from "../../shared/api.ts";
import { canDecodeOpus } from "../../shared/opus.ts";
import { settings } from "../../shared/settings.ts";
import type { Coding } from "../../shared/voice.worker.ts";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const NOT_OURS = [403, 404]; // forgotten there, or somebody else's

export interface Entry {
  answer: SessionAnswer;
  /** The server's sentence about a voice or model that this device remembers and is not there. */
  problem: string | null;
  /** How long the server took to answer, seen from here. */
  tripMs: number;
}

/** Throws ApiError where the server refuses, TypeError where there is none. */
export async function enter(): Promise<Entry> {
  let beganMs = performance.now();
  const tripMs = () => performance.now() - beganMs;
  const answer = await resumed();
  if (answer) return { answer, problem: null, tripMs: tripMs() };
  const format = await coding();
  beganMs = performance.now();
  try {
    return { answer: await created(format), problem: null, tripMs: tripMs() };
  } catch (error) {
    if (!forgetChoice(error)) throw error;
    const problem = (error as ApiError).message;
    return { answer: await created(format), problem, tripMs: tripMs() / 2 };
  }
}

/** What is not there (any more) is not asked for again; whether it was that. */
export function forgetChoice(error: unknown): boolean {
  const param = error instanceof ApiError && error.status === 400 ? error.param : null;
  if (param === "voice") settings.set({ voice: "auto" });
  else if (param === "model") settings.set({ model: "auto" });
  return param === "voice" || param === "model";
}

async function resumed(): Promise<SessionAnswer | null> {
  const id = settings.get().sessionId;
  if (!id) return null;
  try {
    return await api.getSession(id);
  } catch (error) {
    if (error instanceof ApiError && NOT_OURS.includes(error.status)) return null;
    throw error;
  }
}

async function created(format: Coding): Promise<SessionAnswer> {
  const { language, model, voice, pushToTalk } = settings.get();
  return api.createSession({
    language,
    model,
    voice,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Kolkata",
    turn_detection: pushToTalk ? "client" : "server",
    audio_format: format,
  });
}

/** On this very machine there is no network to spare, and PCM is 20 ms quicker. */
async function coding(): Promise<Coding> {
  if (LOOPBACK.includes(location.hostname)) return "audio/pcm";
  return (await canDecodeOpus()) ? "audio/opus" : "audio/pcm";
}
