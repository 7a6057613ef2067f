/** Runs on the audio thread: hands on what the microphone gives, 20 ms at a time, at its own rate. */

/// <reference types="audioworklet" />

class Capture extends AudioWorkletProcessor {
  private readonly block = new Float32Array(Math.round(sampleRate / 50));
  private filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0];
    const first = channels?.[0];
    if (!channels || !first) return true; // muted or not connected yet
    for (let i = 0; i < first.length; i++) {
      // Chromium may give two channels although one was asked for.
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.block[this.filled++] = sum / channels.length;
      if (this.filled === this.block.length) {
        const samples = this.block.slice();
        this.port.postMessage({ rateHz: sampleRate, samples, atS: currentTime });
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("asha-capture", Capture);
