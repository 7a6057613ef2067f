/**
 * An audio thread's clock on the page's. Messages come late when the page is busy, never early: the
 * quickest of the last seconds tells how far the clocks are apart. Older ones do not count, as an
 * audio thread that was starved goes on later than it was.
 */

const BUCKET_MS = 250;
const NUM_BUCKETS = 12; // three seconds

export class ClockMap {
  private quickest: { bucket: number; offsetMs: number }[] = [];

  /** performance.now() of what happened at `atS` of the audio clock and was told at `toldMs`. */
  pageMs(atS: number, toldMs: number): number {
    const bucket = Math.floor(toldMs / BUCKET_MS);
    const offsetMs = toldMs - atS * 1_000;
    const last = this.quickest.at(-1);
    if (last?.bucket === bucket) last.offsetMs = Math.min(last.offsetMs, offsetMs);
    else this.quickest.push({ bucket, offsetMs });
    while ((this.quickest[0]?.bucket ?? bucket) <= bucket - NUM_BUCKETS) this.quickest.shift();
    return atS * 1_000 + Math.min(...this.quickest.map((one) => one.offsetMs));
  }
}
