/** Opus by the browser's own decoder (WebCodecs); one packet of one or more frames a delta, 48 kHz out. */

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

const US_PER_MS = 1_000;

/** How long a packet's sound is, from its first two bytes (RFC 6716, 3.1). */
export function packetMs(packet: Uint8Array): number {
  const [head = 0, second = 0] = packet;
  const config = head >> 3;
  const count = [1, 2, 2, second & 63][head & 3] ?? 1;
  if (config < 12) return count * ([10, 20, 40, 60][config & 3] ?? 20);
  if (config < 16) return count * ([10, 20][config & 1] ?? 20);
  return count * ([2.5, 5, 10, 20][config & 3] ?? 20);
}

/** Packets in, samples out, in order. A decoder may give a packet's frames one by one. */
export function opusDecoder() {
  const takers: { endsUs: number; take: Take }[] = [];
  let timestamp = 0;
  const decoder = new AudioDecoder({
    output: (sound) => {
      const samples = new Float32Array(sound.numberOfFrames);
      sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      while (takers.length > 1 && sound.timestamp >= (takers[0]?.endsUs ?? 0)) takers.shift();
      sound.close();
      takers[0]?.take(samples);
    },
    error: () => takers.splice(0),
  });
  decoder.configure({ codec: "opus", sampleRate: OPUS_RATE_HZ, numberOfChannels: 1 });
  return {
    decode(packet: Uint8Array<ArrayBuffer>, take: Take): void {
      if (decoder.state !== "configured") return;
      const chunk = { type: "key", timestamp, data: packet } as const;
      timestamp += packetMs(packet) * US_PER_MS;
      takers.push({ endsUs: timestamp - US_PER_MS, take });
      decoder.decode(new EncodedAudioChunk(chunk));
    },
    /** Resolves when everything so far has been decoded. */
    async settled(): Promise<void> {
      if (decoder.state === "configured") await decoder.flush().catch(() => undefined);
    },
    /** False once a packet could not be decoded: another decoder is needed. */
    isAlive: () => decoder.state === "configured",
  };
}
