/**
 * Where the microphone's sound is cut into slices: seldom while somebody speaks or nobody does, and
 * at once where a voice has ended, so that the service learns of a silence while it is new.
 */

const FRAME = 512; // what the service's detector judges at once: 32 ms of 16 kHz
/** While Asha speaks every slice may be an interruption: it must not wait for its fellows. */
const QUICK_FRAMES = 2;
const LONG_FRAMES = 6;
/** Nobody has spoken for two seconds: there is nothing to be told. A voice ends that at once. */
const IDLE_FRAMES = 12;
const IDLE_AFTER_FRAMES = 64;
/**
 * Silent frames after the one in which the voice ended: none (its last word), and where the service
 * decides by a silence (rules.py): 96 and 160 ms to draft an answer, 608 ms to end the turn.
 */
const ENDS = [0, 3, 5, 19];

export class Slicer {
  isQuick = false;
  private taken = 0; // samples
  private sent = 0;
  private voiceEnd = 0;
  private isVoice = false;
  private due: number[] = []; // frames with which a slice ends

  /** So many samples more, loud or not: how many of all that wait are a slice now, or 0. */
  take(samples: number, isLoud: boolean): number {
    this.taken += samples;
    if (isLoud) {
      this.voiceEnd = this.taken;
      this.due = [];
    } else if (this.isVoice) {
      const last = Math.ceil(this.voiceEnd / FRAME);
      this.due = ENDS.map((silent) => last + silent);
    }
    this.isVoice = isLoud;
    const whole = Math.floor(this.taken / FRAME);
    const isDue = (this.due[0] ?? Number.POSITIVE_INFINITY) <= whole;
    this.due = this.due.filter((frame) => frame > whole);
    const slice = whole * FRAME - this.sent;
    if (slice <= 0 || !(isDue || slice >= this.longest() * FRAME)) return 0;
    this.sent += slice;
    return slice;
  }

  private longest(): number {
    if (this.isQuick) return QUICK_FRAMES;
    const isIdle = this.taken - this.voiceEnd >= IDLE_AFTER_FRAMES * FRAME;
    return isIdle ? IDLE_FRAMES : LONG_FRAMES;
  }

  /** Everything that waits goes: how many samples. */
  rest(): number {
    const slice = this.taken - this.sent;
    this.sent = this.taken;
    return slice;
  }
}
