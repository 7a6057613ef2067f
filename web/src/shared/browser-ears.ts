/** The browser's own recogniser, where there is one. Its sound goes to the browser's maker. */

interface Alternative {
  transcript: string;
}

interface Result {
  isFinal: boolean;
  length: number;
  [index: number]: Alternative;
}

export interface Recogniser {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: { resultIndex: number; results: ArrayLike<Result> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start: () => void;
  stop: () => void;
  abort: () => void;
}

type Maker = new () => Recogniser;

export function browserRecogniser(): Maker | null {
  const names = globalThis as { SpeechRecognition?: Maker; webkitSpeechRecognition?: Maker };
  return names.SpeechRecognition ?? names.webkitSpeechRecognition ?? null;
}

/** What recognisers call our tracks; Hinglish is heard as Hindi, which writes English words too. */
export function recogniserTag(tag: string): string {
  if (tag === "en-IN") return tag;
  return ["gu", "mr", "ta", "te"].includes(tag) ? `${tag}-IN` : "hi-IN";
}

export interface BrowserEarsOptions {
  make: Maker;
  language: () => string;
  onWords: (text: string, isFinal: boolean) => void;
  onTrouble: (trouble: "denied" | "missing" | "lost") => void;
}

/** Listens until stopped; browsers end a recogniser after each silence, so it is begun again. */
export class BrowserEars {
  private recogniser: Recogniser | null = null;
  private isWanted = false;
  private numFailures = 0;

  constructor(private readonly options: BrowserEarsOptions) {}

  start(): void {
    this.isWanted = true;
    if (!this.recogniser) this.begin();
  }

  /** What was said so far still comes, as final words. */
  stop(): void {
    this.isWanted = false;
    this.recogniser?.stop();
  }

  close(): void {
    this.isWanted = false;
    const recogniser = this.recogniser;
    this.recogniser = null;
    recogniser?.abort();
  }

  private begin(): void {
    const recogniser = new this.options.make();
    this.recogniser = recogniser;
    recogniser.lang = recogniserTag(this.options.language());
    recogniser.continuous = true;
    recogniser.interimResults = true;
    recogniser.onresult = (event) => {
      this.numFailures = 0;
      for (let i = event.resultIndex; i < event.results.length; i++) {
        const result = event.results[i];
        const text = result?.[0]?.transcript.trim();
        if (result && text) this.options.onWords(text, result.isFinal);
      }
    };
    recogniser.onerror = ({ error }) => {
      if (error === "not-allowed" || error === "service-not-allowed") this.give("denied");
      else if (error === "audio-capture") this.give("missing");
      else if (error !== "no-speech" && error !== "aborted" && ++this.numFailures > 3) {
        this.give("lost");
      }
    };
    recogniser.onend = () => {
      if (this.recogniser !== recogniser) return;
      this.recogniser = null;
      if (this.isWanted) this.begin();
    };
    recogniser.start();
  }

  private give(trouble: "denied" | "missing" | "lost"): void {
    this.close();
    this.options.onTrouble(trouble);
  }
}
