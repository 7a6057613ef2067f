/** How a conversation is entered: the device's own session again, or a new one. */

import { ApiError, api, type SessionAnswer } from "../../shared/api.ts";
import { canDecodeOpus } from "../../shared/opus.ts";
import type { Coding } from "../../shared/player.ts";
import { settings } from "../../shared/settings.ts";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const NOT_OURS = [401, 403, 404]; // forgotten there, or somebody else's

/** Throws ApiError where the server refuses, TypeError where there is none. */
export async function enter(): Promise<SessionAnswer> {
  return (await resumed()) ?? (await created());
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

async function created(): Promise<SessionAnswer> {
  const { language, pushToTalk } = settings.get();
  return api.createSession({
    language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Kolkata",
    turn_detection: pushToTalk ? "client" : "server",
    audio_format: await coding(),
  });
}

/** On this very machine there is no network to spare, and PCM is 20 ms quicker. */
async function coding(): Promise<Coding> {
  if (LOOPBACK.includes(location.hostname)) return "audio/pcm";
  return (await canDecodeOpus()) ? "audio/opus" : "audio/pcm";
}
