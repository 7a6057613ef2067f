/** Everything that listens: this tab's claim, the microphone and its uplink, or the browser's recogniser. */

import { ApiError, api, postSlice } from "../../shared/api.ts";
import { BrowserEars, browserRecogniser } from "../../shared/browser-ears.ts";
import { Microphone, type MicrophoneTrouble, NoMicrophone } from "../../shared/microphone.ts";
import { settings } from "../../shared/settings.ts";
import { Uplink } from "../../shared/uplink.ts";
import { claimVoice } from "./voice-lock.ts";

export interface Hearing {
  ear: "off" | "asking" | "on" | "muted";
  trouble: MicrophoneTrouble | "elsewhere" | "deaf" | null;
  isHolding: boolean;
}

export const notHearing: Hearing = { ear: "off", trouble: null, isHolding: false };

export interface EarOptions {
  sessionId: () => string;
  onChange: (change: Partial<Hearing>) => void;
  onWords: (text: string, isFinal: boolean) => void;
  onProblem: (message: string) => void;
}

/** On Android a recogniser and a loudspeaker share one path: it hears Asha, so it waits for her. */
const IS_ANDROID = /Android/i.test(navigator.userAgent);

export class Ear {
  readonly microphone: Microphone;
  private uplink: Uplink | null = null;
  private browserEars: BrowserEars | null = null;
  private release: (() => void) | null = null;
  private now: Hearing = notHearing;

  constructor(private readonly options: EarOptions) {
    this.microphone = new Microphone({
      onSlice: (slice) => this.uplink?.push(slice),
      onTrouble: (trouble) => this.lose(trouble),
    });
  }

  private set(change: Partial<Hearing>): void {
    this.now = { ...this.now, ...change };
    this.options.onChange(change);
  }

  /** Begins to listen, or says why not. */
  async start(takesOver: boolean, byBrowser: boolean): Promise<void> {
    this.set({ ear: "asking", trouble: null });
    this.release = await claimVoice(takesOver, () => this.lose("elsewhere"));
    if (!this.release) {
      this.set({ ear: "off", trouble: "elsewhere" });
      return;
    }
    const { pushToTalk } = settings.get();
    const make = byBrowser ? browserRecogniser() : null;
    if (make) this.useBrowser(make, pushToTalk);
    else if (!(await this.openMicrophone(pushToTalk))) return;
    this.set({ ear: pushToTalk ? "muted" : "on" });
  }

  private useBrowser(make: NonNullable<ReturnType<typeof browserRecogniser>>, waits: boolean) {
    this.browserEars = new BrowserEars({
      make,
      language: () => settings.get().language,
      onWords: this.options.onWords,
      onTrouble: (trouble) => this.lose(trouble),
    });
    if (!waits) this.browserEars.start();
  }

  private async openMicrophone(waits: boolean): Promise<boolean> {
    try {
      await this.microphone.open();
    } catch (error) {
      this.lose(error instanceof NoMicrophone ? error.trouble : "unsupported");
      return false;
    }
    this.uplink = new Uplink({
      post: (stream, seq, slice) => postSlice(this.options.sessionId(), stream, seq, slice),
      newStream: () => `s${Math.random().toString(36).slice(2, 12)}`,
      onRefused: (error) => this.refused(error),
    });
    this.microphone.guard.takesTurns = settings.get().takesTurns === true;
    this.microphone.mute(waits);
    return true;
  }

  private refused(error: ApiError): void {
    this.lose(error.status === 409 ? "deaf" : "lost");
    if (error.status !== 409) this.options.onProblem(error.message);
  }

  private lose(trouble: Hearing["trouble"]): void {
    this.stop();
    this.set({ trouble });
  }

  stop(): void {
    this.uplink?.close();
    this.browserEars?.close();
    this.uplink = this.browserEars = null;
    this.microphone.close();
    this.release?.();
    this.release = null;
    this.set({ ear: "off", isHolding: false });
  }

  /** Asha begins or ends to sound. */
  mindVoice(isSounding: boolean): void {
    this.microphone.isQuick = isSounding;
    this.microphone.guard.isSpeaking = isSounding;
    if (!this.browserEars || !IS_ANDROID || this.now.ear !== "on") return;
    if (isSounding) this.browserEars.stop();
    else this.browserEars.start();
  }

  private shut(isShut: boolean): void {
    this.microphone.mute(isShut);
    if (isShut) this.browserEars?.stop();
    else this.browserEars?.start();
    this.set({ ear: isShut ? "muted" : "on" });
  }

  toggle(): void {
    if (this.now.ear === "on") {
      this.microphone.flush();
      this.shut(true);
    } else if (this.now.ear === "muted") this.shut(false);
  }

  /** Push-to-talk is switched on or off while listening. */
  waitForHold(waits: boolean): void {
    if (this.now.ear !== "off") this.shut(waits);
  }

  /** The key goes down; false where there is nothing to hold. */
  hold(): boolean {
    if (this.now.ear === "off" || this.now.isHolding) return false;
    this.shut(false);
    this.set({ isHolding: true });
    return true;
  }

  /** The key goes up: everything said so far is the turn. Resolves when the server may end it. */
  async letGo(): Promise<void> {
    if (!this.now.isHolding) return;
    this.set({ isHolding: false });
    this.microphone.flush();
    this.shut(true);
    if (!this.uplink) return; // the recogniser's final words end the turn
    await this.uplink.settled();
    await api.commitAudio(this.options.sessionId()).catch((error: unknown) => {
      if (error instanceof ApiError && error.status !== 409) this.options.onProblem(error.message);
    });
  }
}
