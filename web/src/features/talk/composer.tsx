/** Typing, for whoever cannot or will not speak. */

import { type FormEvent, useState } from "react";
import { useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { useTalk } from "./use-conversation.ts";

export function Composer() {
  const words = useWords();
  const { conversation } = useTalk();
  const [text, setText] = useState("");
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const given = text;
    if (!given.trim()) return;
    setText("");
    if (!(await conversation.type(given))) setText(given); // nothing that was written is lost
  };
  return (
    <form className="composer" onSubmit={(event) => void send(event)}>
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
        disabled={!text.trim()}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
