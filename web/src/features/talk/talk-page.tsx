/** Where people talk with Asha. */

import { useState } from "react";
import { NANO } from "../../shared/api.ts";
import { examplesFor, langOf } from "../../shared/languages.ts";
import { useSettings } from "../../shared/settings.ts";
import { useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { Composer } from "./composer.tsx";
import { EarsOffer } from "./ears-offer.tsx";
import { LanguageChips } from "./language-chips.tsx";
import { LatencyStrip } from "./latency-strip.tsx";
import { TalkButton } from "./talk-button.tsx";
import { Transcript } from "./transcript.tsx";
import { Trouble } from "./trouble.tsx";
import { useTalk } from "./use-conversation.ts";
import { WhoDoesWhat } from "./who-does-what.tsx";

export function TalkPage() {
  const words = useWords();
  const { conversation, snapshot, begin } = useTalk();
  const { talk } = snapshot;
  const hasBegun = talk.lines.length > 0;
  const report = talk.reports.at(-1);
  const waitMs = report?.voiceToVoiceMs ?? report?.clocks.first_answer;
  const [isSideOpen, setIsSideOpen] = useState(false);
  const liveItemId = talk.reply?.itemId ?? conversation.player.place?.item ?? null;
  return (
    <main id="main" className="talk" data-begun={hasBegun}>
      <div className="talk-column">
        <Trouble />
        <header className={hasBegun ? "visually-hidden" : "talk-head"}>
          <h1>{words("start.title")}</h1>
          <p>{words("start.lead")}</p>
        </header>
        <LanguageChips />
        {hasBegun ? (
          <Transcript
            lines={talk.lines}
            player={conversation.player}
            isSounding={snapshot.isSounding}
            liveItemId={liveItemId}
            language={talk.session?.asha.language ?? null}
          />
        ) : null}
        <div className="dock">
          <div className="dock-head">
            <TalkButton />
            {hasBegun && (
              <div className="dock-tools">
                <PushToTalk />
                <button
                  type="button"
                  className="quiet side-opener"
                  aria-expanded={isSideOpen}
                  aria-controls="side"
                  onClick={() => setIsSideOpen(!isSideOpen)}
                >
                  <Icon name="latency" size={18} />
                  {waitMs == null ? words("talk.more") : `${Math.round(waitMs)} ms`}
                </button>
              </div>
            )}
          </div>
          {!hasBegun && conversation.canLendEars && <EarsOffer />}
          <Composer />
          {!hasBegun && <PushToTalk />}
          {!hasBegun && <Examples />}
        </div>
      </div>
      <aside id="side" className="talk-side" aria-label={words("who.title")} data-open={isSideOpen}>
        {hasBegun && (
          <button type="button" className="quiet side-closer" onClick={() => setIsSideOpen(false)}>
            <Icon name="close" /> {words("problem.close")}
          </button>
        )}
        <WhoDoesWhat talk={talk} />
        {hasBegun && conversation.canLendEars && <EarsOffer />}
        {report && (
          <section>
            <h2>{words("latency.turn")}</h2>
            <LatencyStrip report={report} />
          </section>
        )}
        {hasBegun && (
          <>
            <TakeTurns />
            <Examples />
            <button type="button" className="quiet" onClick={() => begin(null)}>
              <Icon name="plus" /> {words("talk.new")}
            </button>
          </>
        )}
      </aside>
    </main>
  );
}

function PushToTalk() {
  const words = useWords();
  const { conversation } = useTalk();
  const { pushToTalk } = useSettings();
  return (
    <label className="switch" title={words("talk.push.help")}>
      <input
        type="checkbox"
        role="switch"
        aria-checked={pushToTalk}
        checked={pushToTalk}
        onChange={(event) =>
          void conversation.change({ turn_detection: event.target.checked ? "client" : "server" })
        }
      />
      <span>{words("talk.push")}</span>
    </label>
  );
}

function TakeTurns() {
  const words = useWords();
  const { conversation } = useTalk();
  const { takesTurns } = useSettings();
  return (
    <label className="switch" title={words("talk.turns.help")}>
      <input
        type="checkbox"
        role="switch"
        aria-checked={takesTurns === true}
        checked={takesTurns === true}
        onChange={(event) => conversation.takeTurns(event.target.checked)}
      />
      <span>{words("talk.turns")}</span>
    </label>
  );
}

function Examples() {
  const words = useWords();
  const { conversation, snapshot } = useTalk();
  const { language } = useSettings();
  const isDemo = snapshot.talk.session?.asha.thinks === NANO;
  return (
    <section className="examples">
      <h2>{words(isDemo ? "demo.title" : "examples.title")}</h2>
      {isDemo && <p>{words("demo.text")}</p>}
      <ul>
        {examplesFor(language).map(({ tag, text }) => (
          <li key={text}>
            <button
              type="button"
              className="example"
              lang={langOf(text, tag)}
              onClick={() => void conversation.type(text)}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
