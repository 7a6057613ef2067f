// Generated from the server's event schema by `make types`. Do not edit.

/** An alarm, timer or reminder is due (or was missed and is told now). */
export interface AlarmFired {
  type: "asha.alarm.fired";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  alarm_id: string;
  kind: "alarm" | "timer" | "reminder";
  text: string;
  due_at: string;
  missed: boolean;
}

/** More of a tool call's arguments. */
export interface ArgumentsDelta {
  type: "response.function_call_arguments.delta";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  call_id: string;
  delta: string;
}

/** A tool call, whole. */
export interface ArgumentsDone {
  type: "response.function_call_arguments.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  call_id: string;
  name: string;
  arguments: string;
}

/** What Asha adds to a Realtime session. */
export interface AshaSession {
  language: string;
  timezone: string;
  model: string;
  voice: string;
  listens: string;
  thinks: string;
  speaks: string;
  notice: string | null;
}

/** The sound that had not been committed was thrown away. */
export interface AudioCleared {
  type: "input_audio_buffer.cleared";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
}

/** The turn is over: its sound became an item. */
export interface AudioCommitted {
  type: "input_audio_buffer.committed";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  previous_item_id: string | null;
}

/** The sound side of a session. */
export interface AudioConfig {
  output: AudioOutput;
}

/** How speech is coded: s16 at `rate` Hz, or one Opus packet per delta (decodes to 48 kHz). */
export interface AudioFormat {
  type: "audio/pcm" | "audio/opus";
  rate: number;
}

/** How loud the user is, 0..1; transient. */
export interface AudioLevel {
  type: "asha.audio.level";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  level: number;
}

/** The voice of the session and how its sound is coded. */
export interface AudioOutput {
  format: AudioFormat;
  voice: string;
}

/** The five clocks of one turn in ms; None where the turn had no such moment. */
export interface Clocks {
  ack: number | null;
  first_audio: number | null;
  first_answer: number | null;
  voice_to_voice: number | null;
  yield: number | null;
}

/** A piece of an item: what was typed, heard, written or spoken. */
export interface Content {
  type: "input_text" | "input_audio" | "output_text" | "output_audio";
  text: string | null;
  transcript: string | null;
}

/** A text or sound part begins. */
export interface ContentPartAdded {
  type: "response.content_part.added";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  part: Part;
}

/** A text or sound part is complete. */
export interface ContentPartDone {
  type: "response.content_part.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  part: Part;
}

/** Money in USD: all of it, and by provider; only who was paid is named. */
export interface Cost {
  usd: number;
  by_provider: Record<string, number>;
}

/** What a turn cost, by provider, what speculation wasted, and what it all adds up to. */
export interface CostReport {
  type: "asha.cost.report";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  usd: number;
  by_provider: Record<string, number>;
  wasted_tokens: number;
  wasted_characters: number;
  is_estimated: boolean;
  session_usd: number;
  day_usd: number;
  session_budget_usd: number | null;
  day_budget_usd: number | null;
}

/** What a transcript cost: seconds of sound. */
export interface DurationUsage {
  type: "duration";
  seconds: number;
}

/** OpenAI-shaped error; `code` is one of core/errors.py. */
export interface ErrorBody {
  type: string;
  code: string | null;
  message: string;
  param: string | null;
  event_id: string | null;
  retry_after_ms: number | null;
  stage: string | null;
  provider: string | null;
}

/** Something failed; the message says what to do. */
export interface ErrorRaised {
  type: "error";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  error: ErrorBody;
}

/** An acknowledgement is spoken because the answer is late; never counted as the answer. */
export interface FillerStarted {
  type: "asha.filler.started";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  text: string;
}

/** One message of the conversation, or a tool call, or its result. */
export interface Item {
  id: string;
  object: "realtime.item";
  type: "message" | "function_call" | "function_call_output";
  status: "in_progress" | "completed" | "incomplete";
  role: "user" | "assistant" | "system" | null;
  content: Content[] | null;
  call_id: string | null;
  name: string | null;
  arguments: string | null;
  output: string | null;
}

/** A message joined the conversation; it may still grow. */
export interface ItemAdded {
  type: "conversation.item.added";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item: Item;
  previous_item_id: string | null;
}

/** A message was forgotten. */
export interface ItemDeleted {
  type: "conversation.item.deleted";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
}

/** A message is complete. */
export interface ItemDone {
  type: "conversation.item.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item: Item;
  previous_item_id: string | null;
}

/** A reply was cut: only what was heard up to `audio_end_ms` is kept. */
export interface ItemTruncated {
  type: "conversation.item.truncated";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}

/** The language of what the user said. */
export interface LanguageDetected {
  type: "asha.language.detected";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  language: string;
  script: string;
  confidence: number;
  spans: Span[];
}

/** Asha answers in another language from now on. */
export interface LanguageSwitched {
  type: "asha.language.switched";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  language: string;
  previous: string;
  reason: "asked" | "followed" | "set";
}

/** The clocks of a turn, and the segments of its critical path (they add up to the total). */
export interface LatencyReport {
  type: "asha.latency.report";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  clocks: Clocks;
  segments_ms: Record<string, number>;
  filler: boolean;
}

/** Facts were deleted. */
export interface MemoryForgotten {
  type: "asha.memory.forgotten";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  fact_ids: string[];
}

/** Facts used for this answer. */
export interface MemoryRecalled {
  type: "asha.memory.recalled";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  fact_ids: string[];
}

/** A fact was kept; the user can see, edit and delete it. */
export interface MemoryStored {
  type: "asha.memory.stored";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  fact_id: string;
  text: string;
}

/** Speech as base64, from `start_ms` of the item's sound on. Not replayed on resume. */
export interface OutputAudioDelta {
  type: "response.output_audio.delta";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  delta: string;
  start_ms: number;
}

/** All speech of the part was sent. */
export interface OutputAudioDone {
  type: "response.output_audio.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
}

/** A new item of the answer. */
export interface OutputItemAdded {
  type: "response.output_item.added";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  output_index: number;
  item: Item;
}

/** An item of the answer is complete. */
export interface OutputItemDone {
  type: "response.output_item.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  output_index: number;
  item: Item;
}

/** More text of an answer that is not spoken. */
export interface OutputTextDelta {
  type: "response.output_text.delta";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  delta: string;
}

/** The whole text of an answer that is not spoken. */
export interface OutputTextDone {
  type: "response.output_text.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  text: string;
}

/** The words of the speech, a phrase at a time; heard from `start_ms` on. */
export interface OutputTranscriptDelta {
  type: "response.output_audio_transcript.delta";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  delta: string;
  start_ms: number | null;
}

/** All words of the speech. */
export interface OutputTranscriptDone {
  type: "response.output_audio_transcript.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  transcript: string;
}

/** A content part of a response. */
export interface Part {
  type: "text" | "audio";
  text: string | null;
  transcript: string | null;
}

/** The server's clock, for the offset; transient. */
export interface Ping {
  type: "asha.ping";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  server_time_ms: number;
}

/** The user spoke into the reply: playback pauses until it is resumed or cancelled. */
export interface PlaybackPaused {
  type: "asha.playback.paused";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
}

/** It was a back-channel, or Asha's own voice: playback goes on where it paused. */
export interface PlaybackResumed {
  type: "asha.playback.resumed";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response_id: string;
  reason: "backchannel" | "echo" | "silence";
}

/** Another provider took over ("": nobody was left); `reason` is an error code. */
export interface ProviderFailover {
  type: "asha.provider.failover";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  port: "stt" | "llm" | "tts";
  failed: string;
  next: string;
  reason: string;
  gap_ms: number | null;
}

/** One limit and what is left of it. */
export interface RateLimit {
  name: "requests" | "tokens" | null;
  limit: number | null;
  remaining: number | null;
  reset_seconds: number | null;
}

/** What is left of the limits. */
export interface RateLimitsUpdated {
  type: "rate_limits.updated";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  rate_limits: RateLimit[];
}

/** One answer of Asha's. */
export interface Response {
  id: string;
  object: "realtime.response";
  status: "in_progress" | "completed" | "cancelled" | "incomplete" | "failed";
  status_details: StatusDetails | null;
  output: Item[];
  usage: ResponseUsage | null;
  cost: Cost | null;
}

/** Asha begins to answer. */
export interface ResponseCreated {
  type: "response.created";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response: Response;
}

/** The answer has ended; `response.status` says how. */
export interface ResponseDone {
  type: "response.done";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  response: Response;
}

/** Tokens of a response. */
export interface ResponseUsage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
}

/** A Realtime session, with Asha's own settings under `asha`. */
export interface Session {
  type: "realtime";
  object: "realtime.session";
  id: string;
  model: string;
  output_modalities: ("text" | "audio")[];
  audio: AudioConfig;
  asha: AshaSession;
}

/** The first event of a stream. */
export interface SessionCreated {
  type: "session.created";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  session: Session;
}

/** Language, voice or model changed. */
export interface SessionUpdated {
  type: "session.updated";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  session: Session;
}

/** A stretch of text (characters start..end) in one language. */
export interface Span {
  start: number;
  end: number;
  language: string;
}

/** The user began to speak, on the clock of the uploaded sound. */
export interface SpeechStarted {
  type: "input_audio_buffer.speech_started";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  audio_start_ms: number;
}

/** The user fell silent; the turn may or may not be over. */
export interface SpeechStopped {
  type: "input_audio_buffer.speech_stopped";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  audio_end_ms: number;
}

/** Why a response ended. */
export interface StatusDetails {
  type: "completed" | "cancelled" | "incomplete" | "failed";
  reason: string | null;
}

/** The reader was too slow and is closed: reconnect with the last event id. */
export interface StreamLagged {
  type: "asha.stream.lagged";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  dropped: number;
}

/** The cursor is too old or of another epoch: start again from this snapshot. */
export interface StreamReset {
  type: "asha.stream.reset";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  items: Item[];
  active_response_id: string | null;
  heard_ms: number | null;
}

/** A tool did something: shown on the page as a card. */
export interface ToolApplied {
  type: "asha.tool.applied";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  name: string;
  result: Record<string, unknown>;
}

/** What the user said. */
export interface TranscriptCompleted {
  type: "conversation.item.input_audio_transcription.completed";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  content_index: number;
  transcript: string;
  usage: DurationUsage;
}

/** More of what the user said; in the direct path it comes beside the reply. */
export interface TranscriptDelta {
  type: "conversation.item.input_audio_transcription.delta";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  content_index: number;
  delta: string;
}

/** The sound could not be written down. */
export interface TranscriptFailed {
  type: "conversation.item.input_audio_transcription.failed";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  item_id: string;
  content_index: number;
  error: ErrorBody;
}

/** The turn is over; `silence_ms` since the last speech sample. */
export interface TurnCommitted {
  type: "asha.turn.committed";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  revision: number;
  silence_ms: number;
}

/** The user went on: the revision was cancelled unheard. */
export interface TurnRevised {
  type: "asha.turn.revised";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  revision: number;
}

/** The model starts on what it has; nothing of it is heard unless the turn is committed. */
export interface TurnSpeculated {
  type: "asha.turn.speculated";
  event_id: string;
  session_id: string;
  sequence_number: number | null;
  turn_id: string | null;
  revision: number;
}

export type AshaEvent =
  | SessionCreated
  | SessionUpdated
  | ItemAdded
  | ItemDone
  | ItemDeleted
  | ItemTruncated
  | SpeechStarted
  | SpeechStopped
  | AudioCommitted
  | AudioCleared
  | TranscriptDelta
  | TranscriptCompleted
  | TranscriptFailed
  | ResponseCreated
  | ResponseDone
  | OutputItemAdded
  | OutputItemDone
  | ContentPartAdded
  | ContentPartDone
  | OutputTextDelta
  | OutputTextDone
  | OutputAudioDelta
  | OutputAudioDone
  | OutputTranscriptDelta
  | OutputTranscriptDone
  | ArgumentsDelta
  | ArgumentsDone
  | RateLimitsUpdated
  | ErrorRaised
  | LanguageDetected
  | LanguageSwitched
  | TurnSpeculated
  | TurnRevised
  | TurnCommitted
  | PlaybackPaused
  | PlaybackResumed
  | FillerStarted
  | LatencyReport
  | ProviderFailover
  | CostReport
  | MemoryRecalled
  | MemoryStored
  | MemoryForgotten
  | AlarmFired
  | StreamReset
  | StreamLagged
  | ToolApplied
  | Ping
  | AudioLevel;
