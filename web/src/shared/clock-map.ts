/** An audio thread's clock on the page's: messages come late when the page is busy, never early. */

const FORGET_MS_PER_S = 1; // two crystals drift apart by less

export class ClockMap {
  private offsetMs = Number.POSITIVE_INFINITY;
  private lastS = 0;

  /** performance.now() of what happened at `atS` of the audio clock and was told at `toldMs`. */
  pageMs(atS: number, toldMs: number): number {
    const driftMs = Math.max(0, atS - this.lastS) * FORGET_MS_PER_S;
    this.lastS = atS;
    this.offsetMs = Math.min(this.offsetMs + driftMs, toldMs - atS * 1_000);
    return atS * 1_000 + this.offsetMs;
  }
}
