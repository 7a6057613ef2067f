/** A soft bell, made here: two partials that die away, once every two seconds. */

const NOTES_HZ = [659.3, 987.8]; // E5, B5
const EVERY_MS = 2_000;

/** Rings until the returned function is called. */
export function ring(): () => void {
  const context = new AudioContext();
  const strike = () => {
    void context.resume();
    NOTES_HZ.forEach((hz, i) => {
      const at = context.currentTime + i * 0.18;
      const tone = new OscillatorNode(context, { frequency: hz });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.25, at + 0.01);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 1.2);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + 1.3);
    });
  };
  strike();
  const timer = setInterval(strike, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
