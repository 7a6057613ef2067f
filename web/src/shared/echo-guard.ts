/**
 * Tells Asha's own voice in the microphone from the user's, where the browser's echo canceller
 * leaves some of it. What the loudspeaker plays is known: an echo is the same rise and fall, later
 * and quieter. How late and how quiet is learnt while she speaks; sound above that is the user.
 */

export const FRAME_MS = 20;
const NUM_SLOTS = 128; // 2.5 s of the past
const NUM_COMPARED = 50; // one second is compared
const LAGS = { least: 1, most: 25 }; // 20 to 500 ms: Bluetooth is the slowest
const FLOOR_DBFS = -60;
const SOUNDING_DBFS = -48;
const ALIKE = 0.6; // mean correlation of two loudness curves in dB; two talkers stay below 0.3
const STRANGE = 0.35; // less alike than this: the microphone hears something else
const QUIET_DB = -20; // beside what is played: less is no echo that anybody would mind
const SELDOM = 0.2;
const DOUBTS = 50; // five seconds in which something loud and strange is heard while she speaks
const SHARE_OF_NEW = 0.25; // in the mean, every 100 ms of her voice
const MOSTLY = 0.6; // of the compared second she must have sounded
const MARGIN_DB = 4; // a room's echo is not as smooth as what it echoes
const UNKNOWN_GAIN_DB = -6; // before anything is known: only what is louder than this is the user
const LEARN_FRAMES = 40; // 0.8 s of her voice
const OPEN_FRAMES = 3; // so many of the last five must be the user's
const HOLD_FRAMES = 25; // half a second: the quiet parts of a word belong to it
const NEAR_FRAMES = 3; // either clock may be so much off
const ROOM_FRAMES = 8; // a room rings on
const FADE_DB = 2.5; // and fades by this every frame
const USER_DBFS = -45; // as loud as somebody who speaks
const USER_FRAMES = 15; // who spoke so lately is not cut off because she begins

/** Latest values by time slot; what was never written reads as silence. */
class Curve {
  private readonly dbfs = new Float32Array(NUM_SLOTS).fill(-100);
  private readonly slots = new Int32Array(NUM_SLOTS).fill(-1);

  put(slot: number, dbfs: number): void {
    const at = slot % NUM_SLOTS;
    this.dbfs[at] = Math.max(dbfs, this.slots[at] === slot ? (this.dbfs[at] ?? -100) : -100);
    this.slots[at] = slot;
  }

  has(slot: number): boolean {
    return this.slots[slot % NUM_SLOTS] === slot;
  }

  at(slot: number): number {
    const at = ((slot % NUM_SLOTS) + NUM_SLOTS) % NUM_SLOTS;
    return this.slots[at] === slot ? (this.dbfs[at] ?? -100) : -100;
  }

  most(from: number, to: number): number {
    let most = -100;
    for (let slot = from; slot <= to; slot++) most = Math.max(most, this.at(slot));
    return most;
  }
}

export class EchoGuard {
  /** Half-duplex: nothing is heard while Asha speaks. */
  takesTurns = false;
  /** Whether she sounds just now: known before the first frame of it is told. */
  isSpeaking = false;
  /** The echo's level beside what is played, in dB; null: there is none. */
  gainDb: number | null = UNKNOWN_GAIN_DB;
  private lag: number | null = null;
  private readonly played = new Curve();
  private readonly heard = new Curve();
  private readonly likeness = new Float32Array(LAGS.most + 1);
  private numLearnt = 0;
  private numDoubts = 0;
  private numSounding = 0;
  private numHeard = 0;
  private isOwn: boolean[] = [];
  private heldFrames = 0;
  private told = -1; // what she played is known up to this slot
  private userSlot = -USER_FRAMES;

  /** A frame left the loudspeaker. Times are ms of one clock. */
  play(dbfs: number, atMs: number): void {
    const slot = Math.round(atMs / FRAME_MS);
    this.told = Math.max(this.told, slot);
    this.played.put(slot, dbfs);
    if (dbfs > SOUNDING_DBFS) this.numSounding++;
  }

  /** Whether a frame of the microphone holds nothing but Asha's own voice. */
  isEcho(dbfs: number, atMs: number): boolean {
    const slot = Math.round(atMs / FRAME_MS);
    this.heard.put(slot, dbfs);
    if (this.takesTurns) {
      return this.isSpeaking || this.played.most(slot - LAGS.most, slot) > SOUNDING_DBFS;
    }
    if (++this.numHeard % 5 === 0) this.learn(slot);
    const isShut = this.isShut(slot, dbfs);
    if (!isShut && dbfs > USER_DBFS) this.userSlot = slot;
    return isShut;
  }

  private isShut(slot: number, dbfs: number): boolean {
    const expected = this.expected(slot);
    this.isOwn = [...this.isOwn.slice(-4), expected === null || dbfs < expected];
    if (expected === null) return this.isUntold(slot);
    const numUser = this.isOwn.filter((isOwn) => !isOwn).length;
    if (numUser >= OPEN_FRAMES) this.heldFrames = HOLD_FRAMES;
    else this.heldFrames = Math.max(0, this.heldFrames - 1);
    return this.heldFrames === 0;
  }

  /** She speaks, and what of it could be heard by now has not been told: the page is busy. */
  private isUntold(slot: number): boolean {
    if (!this.isSpeaking || this.gainDb === null) return false;
    return this.told < slot - (this.lag ?? LAGS.least) && slot - this.userSlot > USER_FRAMES;
  }

  /** How loud her echo may be just now; null where there can be none. */
  private expected(slot: number): number | null {
    if (this.gainDb === null) return null;
    const most = this.lag === null ? this.played.most(slot - LAGS.most, slot) : this.ringing(slot);
    return most > SOUNDING_DBFS ? most + this.gainDb + MARGIN_DB : null;
  }

  /** What of her voice reaches the microphone now, before its way took anything from it. */
  private ringing(slot: number): number {
    let most = -100;
    for (let late = -NEAR_FRAMES; late <= ROOM_FRAMES; late++) {
      const fade = Math.max(0, late - NEAR_FRAMES) * FADE_DB;
      most = Math.max(most, this.played.at(slot - (this.lag ?? 0) - late) - fade);
    }
    return most;
  }

  /** Likeness is an average over seconds: two talkers are alike by chance now and then. */
  private learn(slot: number): void {
    if (this.numSounding < LEARN_FRAMES || !this.isTelling(slot)) return;
    let best: number = LAGS.least;
    for (let lag = LAGS.least; lag <= LAGS.most; lag++) {
      const before = this.likeness[lag] ?? 0;
      const share = this.numLearnt ? SHARE_OF_NEW : 1;
      this.likeness[lag] = before + share * (this.alike(slot, lag) - before);
      if ((this.likeness[lag] ?? 0) > (this.likeness[best] ?? 0)) best = lag;
    }
    this.numLearnt++;
    const likeness = this.likeness[best] ?? 0;
    if (likeness >= ALIKE) {
      this.lag = best;
      this.gainDb = this.gainAt(slot, best);
      this.numDoubts = 0;
    } else if (likeness < STRANGE) {
      this.numDoubts = this.isQuiet(slot) ? DOUBTS : this.numDoubts + 1;
      // Headphones, or a good canceller. An echo full of holes is strange, too, and not quiet.
      if (this.numDoubts >= DOUBTS) this.gainDb = this.lag = null;
    }
  }

  /** Whether hardly anything was heard in the last second of her voice. */
  private isQuiet(slot: number): boolean {
    let [n, numLoud] = [0, 0];
    for (let at = slot - NUM_COMPARED; at < slot; at++) {
      const played = this.played.at(at);
      if (!this.heard.has(at) || played <= SOUNDING_DBFS + 12) continue;
      n++;
      if (this.heard.at(at) > played + QUIET_DB) numLoud++;
    }
    return numLoud < n * SELDOM;
  }

  /** Whether she sounded for most of the last second, and the microphone was open. */
  private isTelling(slot: number): boolean {
    let numSounding = 0;
    for (let at = slot - NUM_COMPARED; at < slot; at++) {
      if (this.heard.has(at) && this.played.at(at) > SOUNDING_DBFS) numSounding++;
    }
    return numSounding >= NUM_COMPARED * MOSTLY;
  }

  /** Correlation of both curves over the last second. */
  private alike(slot: number, lag: number): number {
    let [n, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
    for (let at = slot - NUM_COMPARED; at < slot; at++) {
      if (!this.heard.has(at)) continue;
      const x = Math.max(FLOOR_DBFS, this.played.at(at - lag));
      const y = Math.max(FLOOR_DBFS - 20, this.heard.at(at));
      n++;
      sx += x;
      sy += y;
      sxx += x * x;
      syy += y * y;
      sxy += x * y;
    }
    const vary = (n * sxx - sx * sx) * (n * syy - sy * sy);
    return vary > 0 ? (n * sxy - sx * sy) / Math.sqrt(vary) : 0;
  }

  private gainAt(slot: number, lag: number): number {
    const found: number[] = [];
    for (let at = slot - NUM_COMPARED; at < slot; at++) {
      const x = this.played.at(at - lag);
      if (x > SOUNDING_DBFS + 12) found.push(this.heard.at(at) - x);
    }
    found.sort((a, b) => a - b);
    return found[Math.floor(found.length * 0.7)] ?? UNKNOWN_GAIN_DB;
  }
}
