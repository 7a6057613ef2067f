/** Typing, for whoever cannot or will not speak. */

import { type FormEvent, useEffect, useState } from "react";
import { draft } from "../../shared/login.ts";
import { useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { useTalk } from "./use-conversation.ts";

export function Composer() {
  const words = useWords();
  const { conversation } = useTalk();
  const [text, setText] = useState(draft.get);
  const [isSending, setIsSending] = useState(false);
  useEffect(() => draft.put(text), [text]);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending || !text.trim()) return;
    setIsSending(true);
    const hasArrived = await conversation.type(text);
    setIsSending(false);
    // Nothing that was written is lost; what was written meanwhile stays.
    if (hasArrived) setText((now) => (now === text ? "" : now));
  };
  return (
    <form className="composer" aria-busy={isSending} onSubmit={(event) => void send(event)}>
      <input
        type="text"
        value={text}
        maxLength={4_000}
        aria-label={words("compose.label")}
        placeholder={words("compose.placeholder")}
        autoComplete="off"
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
      />
      <button
        type="submit"
        className="send"
        aria-label={words("compose.send")}
        disabled={isSending || !text.trim()}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
