/** What the stream's events do to the loudspeaker. */

import type { AshaEvent } from "../../shared/events.gen.ts";
import type { Player } from "../../shared/player.ts";

/** `stoppedItem` was stopped here, and not yet there; `isFilling`: what comes is no answer yet. */
export function conduct(
  player: Player,
  event: AshaEvent,
  stoppedItem: string | null,
  isFilling: boolean,
): void {
  switch (event.type) {
    case "response.output_audio.delta":
      if (event.item_id !== stoppedItem) {
        player.push(event.item_id, event.start_ms, event.delta, !isFilling);
      }
      break;
    case "response.output_audio.done":
      player.end();
      break;
    case "asha.playback.paused":
      player.pause();
      break;
    case "asha.playback.resumed":
      player.resume();
      break;
    case "conversation.item.truncated":
    case "conversation.item.deleted":
    case "asha.stream.reset":
      player.stop();
      break;
    case "response.done":
      if (event.response.status === "cancelled") player.stop();
      break;
    default:
      break;
  }
}
