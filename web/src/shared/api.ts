/** The HTTP API, one function per call. Errors are OpenAI-shaped and become ApiError. */

import type { Clocks, Item, Session } from "./events.gen.ts";
import { leaveForLogin } from "./login.ts";

/** The embedded demo brain, by the name the engine gives itself. */
export const NANO = "asha-nano";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterMs: number | null = null,
    readonly param: string | null = null,
  ) {
    super(message);
  }
}

export interface SessionAnswer {
  id: string;
  session: Session;
  stream_url: string;
}

export interface SessionChanges {
  language?: string;
  model?: string;
  voice?: string;
  timezone?: string;
  turn_detection?: "server" | "client";
  audio_format?: "audio/pcm" | "audio/opus";
  output_modalities?: ("audio" | "text")[];
  title?: string;
}

/** One who can think or speak; `title` is for people. */
export interface Choice {
  id: string;
  title: string;
  /** Known to be spoken; null: it tells when it is asked. */
  languages: string[] | null;
  is_paid: boolean;
}

/** `auto` comes first, titled as who it means now. */
export interface Choices {
  models: Choice[];
  voices: Choice[];
}

export interface SessionRow {
  id: string;
  title: string;
  preview: string;
  created_at: string;
  num_items: number;
  language: string;
}

export interface Fact {
  id: string;
  text: string;
  session_id: string | null;
  created_at: string | null;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
  n: number;
}

export interface ClockFigures {
  clocks_ms: Record<string, Percentiles>;
  num_turns: number;
  filler_share: number;
}

/** A turn as this browser measured it. */
export interface MeasuredTurn {
  turn_id: string;
  language: string | null;
  providers: Record<string, string>;
  clocks: Clocks;
  segments_ms: Record<string, number>;
  num_gaps: number;
}

type Groups = Record<string, Percentiles>;

export interface BrowserFigures {
  figures: {
    num_turns: number;
    num_gaps: number;
    clocks: Groups;
    stages: Groups;
    languages: Groups;
    providers: Groups;
  };
  /** One sentence for each model in use whose vendor has announced its end. */
  endings: string[];
}

/** What vendors were paid, in USD; null budgets are no limits. */
export interface Costs {
  day_usd: number;
  day_budget_usd: number | null;
}

interface ErrorShape {
  error?: { message?: string; code?: string; retry_after_ms?: number; param?: string | null };
}

async function failure(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorShape;
  const header = Number(response.headers.get("Retry-After"));
  const afterMs = body.error?.retry_after_ms ?? (header > 0 ? header * 1_000 : null);
  const message = body.error?.message ?? `${response.status} ${response.statusText}`;
  const { code = "unknown", param = null } = body.error ?? {};
  if (response.status === 401) leaveForLogin();
  return new ApiError(response.status, code, message, afterMs, param);
}

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(path, init);
  if (!response.ok) throw await failure(response);
  return response;
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await call(method, path, body)).json() as Promise<T>;
}

const session = (id: string) => `/v1/sessions/${encodeURIComponent(id)}`;

export const api = {
  createSession: (changes: SessionChanges) => json<SessionAnswer>("POST", "/v1/sessions", changes),
  getSession: (id: string) => json<SessionAnswer>("GET", session(id)),
  changeSession: (id: string, changes: SessionChanges) =>
    json<SessionAnswer>("PATCH", session(id), changes),
  deleteSession: (id: string) => call("DELETE", session(id)),
  choices: () => json<Choices>("GET", "/v1/choices"),
  listSessions: () => json<{ data: SessionRow[] }>("GET", "/v1/sessions"),
  getItems: (id: string) => json<{ data: Item[] }>("GET", `${session(id)}/items`),

  sendText: (id: string, seq: number, text: string, final: boolean, language?: string) =>
    call(
      "POST",
      `${session(id)}/input_text`,
      language ? { seq, text, final, language } : { seq, text, final },
    ),
  commitAudio: (id: string) => call("POST", `${session(id)}/input_audio/commit`),
  clearAudio: (id: string) => call("DELETE", `${session(id)}/input_audio`),
  cancel: (id: string, responseId: string, itemId: string | null, audioEndMs: number) =>
    call("POST", `${session(id)}/responses/${encodeURIComponent(responseId)}/cancel`, {
      item_id: itemId,
      audio_end_ms: Math.max(0, Math.round(audioEndMs)),
      reason: "user",
    }),

  listFacts: () => json<{ data: Fact[] }>("GET", "/v1/memory"),
  editFact: (id: string, text: string) =>
    json<Fact>("PATCH", `/v1/memory/${encodeURIComponent(id)}`, { text }),
  forgetFact: (id: string) => call("DELETE", `/v1/memory/${encodeURIComponent(id)}`),
  forgetAll: () => call("DELETE", "/v1/memory"),

  /** Any list or sheet of the lab (features know the shapes). */
  read: <T>(path: string) => json<T>("GET", path),
  clocks: () => json<ClockFigures>("GET", "/v1/clocks"),
  costs: () => json<Costs>("GET", "/v1/costs"),
  measured: () => json<BrowserFigures>("GET", "/v1/measured"),
  tellMeasured: (id: string, turn: MeasuredTurn) => call("POST", `${session(id)}/measured`, turn),
};

/** One slice of sound; throws ApiError where the server refuses it. */
export async function postSlice(
  id: string,
  stream: string,
  seq: number,
  pcm: Int16Array<ArrayBuffer>,
): Promise<void> {
  const response = await fetch(
    `${session(id)}/input_audio?stream=${encodeURIComponent(stream)}&seq=${seq}`,
    { method: "POST", headers: { "Content-Type": "audio/pcm;rate=16000" }, body: pcm },
  );
  if (!response.ok) throw await failure(response);
}
