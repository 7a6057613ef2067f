// Asha's voice and a microphone through the page's echo guard, 20 ms at a time, without a clock:
//   node guarded.mjs GUARD.mjs NUM_SAMPLES < both as f32 at 16 kHz > what goes to the service
import { readFileSync } from "node:fs";

const [guardPath, count] = process.argv.slice(2);
const { EchoGuard, FRAME_MS, levelDbfs } = await import(guardPath);
const bytes = readFileSync(0);
const sound = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const played = sound.subarray(0, Number(count));
const heard = sound.subarray(Number(count));
const frame = (16_000 * FRAME_MS) / 1_000;
const guard = new EchoGuard();
for (let at = 0; at + frame <= heard.length; at += frame) {
  const atMs = (at / 16_000) * 1_000;
  guard.isSpeaking = levelDbfs(played.subarray(at, at + frame)) > -100;
  guard.play(levelDbfs(played.subarray(at, at + frame)), atMs);
  const block = heard.subarray(at, at + frame);
  if (guard.isEcho(levelDbfs(block), atMs)) block.fill(0);
}
process.stdout.write(Buffer.from(heard.buffer, heard.byteOffset, heard.byteLength));
