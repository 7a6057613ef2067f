/** Joins stream, microphone and loudspeaker of one session; the screen reads its snapshot. */

import { ApiError, api, NANO, type SessionChanges } from "../../shared/api.ts";
import { browserRecogniser } from "../../shared/browser-ears.ts";
import type { AshaEvent } from "../../shared/events.gen.ts";
import { Player } from "../../shared/player.ts";
import { settings } from "../../shared/settings.ts";
import { backoffMs, EventStream, type Frame, type LinkState } from "../../shared/sse.ts";
import { conduct } from "./conduct.ts";
import { Ear, type Hearing, notHearing } from "./ear.ts";
import { enter } from "./entry.ts";
import { teller } from "./measure.ts";
import { emptyTalk, type LocalEvent, type Talk } from "./talk.ts";
import { onEvent } from "./turn.ts";

export interface Snapshot extends Hearing {
  talk: Talk;
  link: LinkState;
  retryInMs: number | null;
  /** What the player does just now; the stream may be ahead of it. */
  isSounding: boolean;
  isPaused: boolean;
  /** She keeps hearing herself: taking turns may help. */
  offersTurns: boolean;
}

const ECHOES_TO_OFFER = 2;

export class Conversation {
  readonly ear: Ear;
  readonly player: Player;
  id: string | null = null;
  private snapshot: Snapshot = {
    talk: emptyTalk,
    link: "connecting",
    retryInMs: null,
    ...notHearing,
    isSounding: false,
    isPaused: false,
    offersTurns: false,
  };
  private numEchoes = 0;
  private stream: EventStream | null = null;
  private listeners = new Set<() => void>();
  private textSeq = 0;
  private stoppedItem: string | null = null;
  /** The latest answer: it may be all sent, and still be heard. */
  private latest: { responseId: string; itemId: string } | null = null;
  private spokenTurns = new Map<string, number>();
  private isClosed = false;
  private tellTurn = teller(
    () => this.id,
    () => this.snapshot.talk,
    () => this.player.numGaps,
  );
  constructor() {
    this.player = new Player({
      onStarted: (item, isAnswer, atMs) => this.onAudible(item, isAnswer, atMs),
      onFrame: (dbfs, atMs) => this.ear.microphone.guard.play(dbfs, atMs),
    });
    this.player.subscribe(() => {
      const { isPlaying, isPaused } = this.player;
      this.ear.mindVoice(isPlaying);
      this.set({ isSounding: isPlaying, isPaused: isPaused && isPlaying });
    });
    this.ear = new Ear({
      sessionId: () => this.id ?? "",
      onChange: (change) => this.set(change),
      onWords: (text, isFinal) => void this.say(text, isFinal),
      onProblem: (message) => this.tellProblem(message),
    });
  }

  // ---- for the screen

  get = (): Snapshot => this.snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private set(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }

  private dispatch(event: AshaEvent | LocalEvent): void {
    const talk = onEvent(this.snapshot.talk, event);
    if (talk !== this.snapshot.talk) this.set({ talk }); // most events of a reply are only heard
  }

  // ---- the session

  /** Finds the device's session again, or begins one; keeps trying while the server is away. */
  async open(): Promise<void> {
    for (let attempt = 0; !this.isClosed; attempt++) {
      try {
        const { answer, problem, tripMs } = await enter();
        if (this.isClosed) return;
        this.id = answer.id;
        settings.set({ sessionId: answer.id });
        this.dispatch({ type: "local.session", session: answer.session });
        const format = answer.session.audio.output.format;
        this.player.expect(format.type, format.rate);
        this.player.reckonWith(tripMs);
        this.listen(answer.stream_url, problem);
        return;
      } catch (error) {
        const retryMs = error instanceof ApiError ? error.retryAfterMs : null;
        if (error instanceof ApiError) this.tellProblem(error.message);
        const waitMs = retryMs ?? backoffMs(attempt, Math.random);
        this.set({ link: "waiting", retryInMs: waitMs });
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  private listen(url: string, problem: string | null): void {
    this.stream = new EventStream({
      url,
      onFrame: (frame) => this.take(frame),
      onState: (link, retryInMs) => {
        if (link === "open") this.tellProblem(problem);
        this.set({ link, retryInMs });
      },
    });
    void this.stream.run();
  }

  /** Whoever is quicker than the server waits for it: sound that is sent before the stream is open is lost. */
  private until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo() && !this.isClosed) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = this.subscribe(look);
      look();
    });
  }

  nudge = (): void => this.stream?.nudge();

  close(): void {
    this.isClosed = true;
    this.set({ link: "gone" });
    this.stream?.close();
    this.ear.stop();
    this.player.close();
  }

  // ---- what the server says

  private take(frame: Frame): void {
    let event: AshaEvent;
    try {
      event = JSON.parse(frame.data) as AshaEvent;
    } catch {
      return; // half a frame of a dying proxy
    }
    this.mind(event);
    this.dispatch(event);
    if (event.type === "asha.cost.report" && event.turn_id) this.tellTurn(event.turn_id);
  }

  /** What an event means for the loudspeaker, the clocks and the offer to take turns. */
  private mind(event: AshaEvent): void {
    conduct(this.player, event, this.stoppedItem, this.snapshot.talk.reply?.isFilling ?? false);
    if (event.type === "response.output_item.added") {
      this.latest = { responseId: event.response_id, itemId: event.item.id };
    } else if (event.type === "asha.playback.resumed") this.mindEcho(event.reason);
    else if (event.type === "input_audio_buffer.committed" && event.turn_id) {
      const loudAtMs = this.ear.microphone.loudAtMs;
      if (loudAtMs !== null) this.spokenTurns.set(event.turn_id, loudAtMs);
    }
  }

  /** What paused her and was nobody: her own words, or a sound without any, which an echo is too. */
  private mindEcho(reason: "backchannel" | "echo" | "silence"): void {
    this.numEchoes += { backchannel: 0, echo: 1, silence: 0.5 }[reason];
    if (this.numEchoes >= ECHOES_TO_OFFER && settings.get().takesTurns === null) {
      this.set({ offersTurns: true });
    }
  }

  private onAudible(item: string, isAnswer: boolean, atMs: number): void {
    const line = this.snapshot.talk.lines.find((one) => one.id === item);
    const loudAtMs = line?.turnId ? this.spokenTurns.get(line.turnId) : undefined;
    if (!line || !isAnswer || loudAtMs === undefined || !line.turnId) return;
    this.spokenTurns.delete(line.turnId);
    this.dispatch({
      type: "local.audible",
      turnId: line.turnId,
      voiceToVoiceMs: Math.round(atMs - loudAtMs),
    });
  }

  // ---- what the user does

  /** One press: loudspeaker and microphone. */
  async start(takesOver = false): Promise<void> {
    this.set({ ear: "asking", trouble: null });
    void this.player.open();
    await this.until(() => this.id !== null);
    await this.ear.start(takesOver, settings.get().browserEars === true && this.canLendEars);
  }

  /** Whether the browser's recogniser is there, and better than what the server has. */
  get canLendEars(): boolean {
    const listens = this.snapshot.talk.session?.asha.listens;
    if (listens === undefined || browserRecogniser() === null) return false;
    return listens === "" || listens === NANO;
  }

  /** Push-to-talk: the key goes down. */
  hold(): void {
    if (this.ear.hold()) this.interrupt();
  }

  /** Stop Asha: silent here first, then there. */
  interrupt(): void {
    const { reply, lines } = this.snapshot.talk;
    const player = this.player;
    if (!this.id || !(reply || player.isPlaying)) return;
    const itemId = reply?.itemId ?? player.place?.item ?? null;
    const heardMs = itemId ? player.heardMs(itemId) : 0;
    player.stop();
    this.stoppedItem = itemId;
    if (itemId && lines.some((line) => line.id === itemId)) {
      this.dispatch({ type: "local.interrupted", itemId, heardMs });
    }
    const responseId =
      reply?.id ?? (this.latest?.itemId === itemId ? this.latest?.responseId : undefined);
    if (responseId) void this.attempt(() => api.cancel(this.id ?? "", responseId, itemId, heardMs));
  }

  async type(text: string): Promise<boolean> {
    if (!text.trim()) return false;
    void this.player.open(); // a key press is a gesture, too
    this.interrupt();
    await this.until(() => this.snapshot.link === "open" || this.snapshot.link === "gone");
    const { language } = settings.get();
    return this.attempt(() =>
      api.sendText(
        this.id ?? "",
        this.textSeq++,
        text.trim(),
        true,
        language === "auto" ? undefined : language,
      ),
    );
  }

  /** What the browser's own recogniser has so far. */
  private async say(text: string, isFinal: boolean): Promise<void> {
    if (!this.id) return;
    await this.attempt(() => api.sendText(this.id ?? "", this.textSeq++, text, isFinal));
  }

  async change(changes: SessionChanges): Promise<void> {
    if (changes.language) settings.set({ language: changes.language });
    if (changes.turn_detection) settings.set({ pushToTalk: changes.turn_detection === "client" });
    if (changes.turn_detection) this.ear.waitForHold(changes.turn_detection === "client");
    await this.until(() => this.id !== null);
    const { model, voice } = changes;
    if (await this.attempt(() => api.changeSession(this.id ?? "", changes))) {
      if (model) settings.set({ model });
      if (voice) settings.set({ voice });
    }
  }

  takeTurns(takesTurns: boolean): void {
    settings.set({ takesTurns });
    this.ear.microphone.guard.takesTurns = takesTurns;
    this.set({ offersTurns: false });
  }

  dismissAlarm(alarmId: string): void {
    this.dispatch({ type: "local.alarm.dismissed", alarmId });
  }

  private tellProblem(message: string | null): void {
    this.dispatch({ type: "local.problem", message });
  }

  /** A call whose failure is told on the screen. An answer that ended meanwhile is no failure. */
  private async attempt(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (error) {
      const isLate = error instanceof ApiError && error.status === 404;
      if (!isLate) this.tellProblem(error instanceof ApiError ? error.message : "offline");
      return false;
    }
  }
}
