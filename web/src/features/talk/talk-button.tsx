/** The sun as a button: start, interrupt, switch the microphone, or hold to talk. */

import { type KeyboardEvent, useEffect } from "react";
import { useSettings } from "../../shared/settings.ts";
import { type Key, useWords } from "../../shared/strings.ts";
import { Icon, type IconName } from "../../shared/ui/icon.tsx";
import { Sun } from "./sun.tsx";
import { type Mood, moodOf, useTalk } from "./use-conversation.ts";

function isTypingIn(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, button, a, dialog") !== null
  );
}

export function TalkButton() {
  const words = useWords();
  const { conversation, snapshot } = useTalk();
  const { pushToTalk } = useSettings();
  const mood = moodOf(snapshot);
  const isOn = snapshot.ear === "on" || snapshot.ear === "muted";
  const holds = pushToTalk && isOn;

  useEffect(() => {
    const down = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") conversation.interrupt();
      if (event.key === " " && holds && !event.repeat && !isTypingIn(event.target)) {
        event.preventDefault();
        conversation.hold();
      }
    };
    const up = (event: globalThis.KeyboardEvent) => {
      if (event.key === " ") void conversation.ear.letGo();
    };
    addEventListener("keydown", down);
    addEventListener("keyup", up);
    return () => {
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
    };
  }, [conversation, holds]);

  const press = () => {
    if (!isOn) void conversation.start();
    else if (mood === "speaking" || mood === "thinking" || mood === "paused")
      conversation.interrupt();
    else if (!holds) conversation.ear.toggle();
  };
  const holdKey = (event: KeyboardEvent) => {
    if (!holds || (event.key !== " " && event.key !== "Enter") || event.repeat) return;
    event.preventDefault();
    conversation.hold();
  };

  return (
    <div className="talk-button-place" data-mood={mood} data-started={isOn}>
      <button
        type="button"
        className="talk-button"
        aria-label={labelOf(mood, holds, words)}
        onClick={press}
        onPointerDown={() => holds && conversation.hold()}
        onPointerUp={() => void conversation.ear.letGo()}
        onPointerCancel={() => void conversation.ear.letGo()}
        onKeyDown={holdKey}
        onKeyUp={(event) => holds && event.key === "Enter" && void conversation.ear.letGo()}
        onContextMenu={(event) => holds && event.preventDefault()}
      >
        <Sun mood={mood} conversation={conversation} />
        <span className="sun-disc" aria-hidden="true" />
        <span className="sun-sign" aria-hidden="true">
          <Icon name={signOf(mood, holds)} size={26} />
        </span>
      </button>
      <p className="state" role="status" data-testid="state">
        {words(stateKey(mood, holds, snapshot.isHolding))}
      </p>
      <p className="state-hint">{hintOf(mood, holds, words)}</p>
    </div>
  );
}

function signOf(mood: Mood, holds: boolean): IconName {
  if (mood === "speaking" || mood === "thinking") return "stop";
  if (mood === "muted" && !holds) return "micOff";
  return "mic";
}

function stateKey(mood: Mood, holds: boolean, isHolding: boolean): Key {
  if (isHolding) return "state.holding";
  if (holds && (mood === "muted" || mood === "listening")) return "state.hold";
  if (mood === "ready") return "start.press";
  return `state.${mood}`;
}

function hintOf(mood: Mood, holds: boolean, words: (key: Key) => string): string {
  if (mood === "ready") return words("start.type");
  if (mood === "speaking" || mood === "thinking") return words("hint.speaking");
  if (holds) return words("hint.hold");
  if (mood === "listening") return words("hint.listening");
  return mood === "muted" ? words("hint.muted") : "\u00a0";
}

function labelOf(mood: Mood, holds: boolean, words: (key: Key) => string): string {
  if (mood === "ready" || mood === "asking") return words("start.press");
  if (mood === "speaking" || mood === "thinking" || mood === "paused") return words("talk.stop");
  if (holds) return words("talk.push");
  return words(mood === "muted" ? "talk.unmute" : "talk.mute");
}
