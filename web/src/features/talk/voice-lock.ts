/** One tab listens at a time: two would hear each other and answer twice. */

const NAME = "asha.voice";

/**
 * Claims the microphone for this tab. Null: another tab has it and `takesOver` is false.
 * `onLost` is called when another tab takes it away.
 */
export async function claimVoice(
  takesOver: boolean,
  onLost: () => void,
): Promise<(() => void) | null> {
  if (!navigator.locks) return () => undefined; // old browsers: nothing to claim
  return new Promise((resolve) => {
    const options = takesOver ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(NAME, options, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(onLost); // stolen
  });
}
