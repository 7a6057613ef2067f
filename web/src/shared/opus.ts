/** Opus by the browser's own decoder (WebCodecs); one packet a delta, 48 kHz out. */

export const OPUS_RATE_HZ = 48_000;

/** Whether this browser decodes Opus packets. */
export async function canDecodeOpus(): Promise<boolean> {
  if (!("AudioDecoder" in globalThis)) return false;
  try {
    const config = { codec: "opus", sampleRate: OPUS_RATE_HZ, numberOfChannels: 1 };
    return (await AudioDecoder.isConfigSupported(config)).supported === true;
  } catch {
    return false;
  }
}

type Take = (samples: Float32Array) => void;

/** Packets in, samples out, in order. */
export function opusDecoder() {
  const takers: Take[] = [];
  let timestamp = 0;
  const decoder = new AudioDecoder({
    output: (sound) => {
      const samples = new Float32Array(sound.numberOfFrames);
      sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      sound.close();
      takers.shift()?.(samples);
    },
    error: () => takers.splice(0),
  });
  decoder.configure({ codec: "opus", sampleRate: OPUS_RATE_HZ, numberOfChannels: 1 });
  return {
    decode(packet: Uint8Array<ArrayBuffer>, take: Take): void {
      if (decoder.state !== "configured") return;
      takers.push(take);
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: packet }));
      timestamp += 20_000; // microseconds; only the order matters
    },
    /** Resolves when everything so far has been decoded. */
    async settled(): Promise<void> {
      if (decoder.state === "configured") await decoder.flush().catch(() => undefined);
    },
    close(): void {
      if (decoder.state !== "closed") decoder.close();
    },
  };
}
