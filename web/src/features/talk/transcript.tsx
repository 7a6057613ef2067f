/** Captions of both sides, each in its own script; Asha's words darken as they are heard. */

import { useEffect, useRef, useState } from "react";
import { langAmong, nameOf } from "../../shared/languages.ts";
import type { Player } from "../../shared/player.ts";
import { useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { spokenSoFar } from "./lines.ts";
import type { Line } from "./talk.ts";
import { ToolCard } from "./tool-card.tsx";

/** How many of the line's letters have been heard, while it plays; null when it does not. */
function useHeard(player: Player, line: Line, isLive: boolean): number | null {
  const [heard, setHeard] = useState<number | null>(null);
  useEffect(() => {
    if (!isLive) {
      setHeard(null);
      return;
    }
    const look = () => {
      const isHere = player.isPlaying && player.place?.item === line.id;
      const heardMs = isHere ? player.heardMs(line.id) : 0;
      setHeard(player.isPlaying ? spokenSoFar(line, heardMs).heard : null);
    };
    look();
    const timer = setInterval(look, 60);
    return () => clearInterval(timer);
  }, [player, line, isLive]);
  return heard;
}

interface TranscriptProps {
  lines: Line[];
  player: Player;
  isSounding: boolean;
  liveItemId: string | null;
  /** The session's, where it is not found out. */
  language: string | null;
}

export function Transcript(props: TranscriptProps) {
  const { lines, player, isSounding, liveItemId, language } = props;
  const words = useWords();
  const end = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const last = lines.at(-1);
  const growth = last ? last.id + last.text.length + last.phrases.length + last.cards.length : "";

  useEffect(() => {
    const onScroll = () => {
      const page = document.documentElement;
      isAtEnd.current = page.scrollHeight - page.scrollTop - innerHeight < 120;
    };
    addEventListener("scroll", onScroll, { passive: true });
    return () => removeEventListener("scroll", onScroll);
  }, []);
  useEffect(() => {
    if (isAtEnd.current) end.current?.scrollIntoView({ block: "end" });
  }, [growth]);

  return (
    <section className="transcript" aria-label={words("talk.conversation")}>
      <ol aria-live="polite" aria-relevant="additions text">
        {lines.map((line) => (
          <TranscriptLine
            key={line.id}
            line={line}
            player={player}
            isLive={isSounding && line.id === liveItemId}
            guesses={[
              line.language,
              lines.find((one) => one.turnId === line.turnId && one.role === "user")?.language,
              language,
            ]}
          />
        ))}
      </ol>
      <div ref={end} className="transcript-end" />
    </section>
  );
}

interface LineProps {
  line: Line;
  player: Player;
  isLive: boolean;
}

function TranscriptLine({
  line,
  player,
  isLive,
  guesses,
}: LineProps & { guesses: (string | null | undefined)[] }) {
  const words = useWords();
  const live = useHeard(player, line, isLive);
  const { text, heard } = spokenSoFar(line, line.cutMs);
  const whole = line.role === "user" ? line.text : text;
  const shown = line.role === "user" ? whole.length : line.cutMs === null ? (live ?? heard) : heard;
  return (
    <li
      className={`line line-${line.role}`}
      data-status={line.status}
      data-testid={`line-${line.role}`}
    >
      <span className="visually-hidden">
        {words(line.role === "user" ? "talk.you" : "talk.asha")}:{" "}
      </span>
      <p className="line-text" lang={langAmong(whole, guesses)}>
        {whole ? (
          <>
            <span>{whole.slice(0, shown)}</span>
            {shown < whole.length && <span className="unheard">{whole.slice(shown)}</span>}
          </>
        ) : (
          line.status === "growing" && <Dots />
        )}
      </p>
      {line.cards.map((card, i) => (
        <ToolCard key={i} card={card} />
      ))}
      {line.problem && <p className="line-problem">{line.problem}</p>}
      <LineFoot line={line} player={player} isLive={isLive} />
    </li>
  );
}

function LineFoot({ line, player, isLive }: LineProps) {
  const words = useWords();
  const isCut = line.status === "cut" && line.role === "assistant";
  const canReplay = line.role === "assistant" && !isLive && player.canReplay(line.id);
  const language = line.role === "user" ? line.language : null;
  if (!isCut && !canReplay && !language) return null;
  return (
    <div className="line-foot">
      {language && <span className="line-language">{nameOf(language)}</span>}
      {isCut && <span>{words("talk.cut")}</span>}
      {canReplay && (
        <button type="button" className="quiet" onClick={() => void player.replay(line.id)}>
          <Icon name="replay" size={16} /> {words("talk.replay")}
        </button>
      )}
    </div>
  );
}

function Dots() {
  return (
    <span className="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
