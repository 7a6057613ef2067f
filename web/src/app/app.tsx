/** The frame around the pages. The conversation lives here, so that it goes on behind them. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { DatasetsPage } from "../features/datasets/datasets-page.tsx";
import { LatencyPage } from "../features/latency/latency-page.tsx";
import { MemoryPage } from "../features/memory/memory-page.tsx";
import { ScoresPage } from "../features/scores/scores-page.tsx";
import { SessionsPage } from "../features/sessions/sessions-page.tsx";
import { Alarms } from "../features/talk/alarms.tsx";
import { TalkPage } from "../features/talk/talk-page.tsx";
import { TalkContext, useOwnConversation } from "../features/talk/use-conversation.ts";
import { hrefOf, type Page, useRoute } from "../shared/hash-route.ts";
import { settings, useSettings } from "../shared/settings.ts";
import { useWords } from "../shared/strings.ts";
import { Icon } from "../shared/ui/icon.tsx";

const PAGES: readonly Page[] = ["talk", "sessions", "memory", "latency", "scores", "datasets"];
const THEMES = ["auto", "light", "dark"] as const;

export function App() {
  const words = useWords();
  const route = useRoute();
  const talking = useOwnConversation();
  const { interface: tag, theme } = useSettings();
  const client = useQueryClient();
  const { numRemembered } = talking.snapshot.talk;

  useEffect(() => {
    document.documentElement.lang = tag;
    document.documentElement.dataset.theme = theme;
  }, [tag, theme]);
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["facts"] });
  }, [client, numRemembered]);

  useEffect(() => {
    if (route.page !== "talk" || route.id) scrollTo(0, 0);
  }, [route.page, route.id]);

  const resume = (id: string) => {
    if (id !== talking.conversation.id) talking.begin(id);
    location.hash = hrefOf("talk");
  };
  return (
    <TalkContext value={talking}>
      <button type="button" className="skip" onClick={focusMain}>
        {words("nav.skip")}
      </button>
      <TopBar page={route.page} />
      {route.page === "talk" && <TalkPage />}
      {route.page === "sessions" && (
        <SessionsPage
          openId={route.id}
          onResume={resume}
          onRemoved={(id) => id === talking.conversation.id && talking.begin(null)}
        />
      )}
      {route.page === "memory" && <MemoryPage />}
      {route.page === "latency" && <LatencyPage turns={talking.snapshot.talk.reports} />}
      {route.page === "scores" && <ScoresPage openName={route.id} />}
      {route.page === "datasets" && <DatasetsPage />}
      <Alarms />
    </TalkContext>
  );
}

/** The hash is the page's address, so this is no link: it moves the focus itself. */
function focusMain(): void {
  const main = document.getElementById("main");
  main?.setAttribute("tabindex", "-1");
  main?.focus();
}

function TopBar({ page }: { page: Page }) {
  const words = useWords();
  const { interface: tag, theme } = useSettings();
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  return (
    <header className="top">
      <a className="brand" href={hrefOf("talk")}>
        <span lang="hi">आशा</span>
        <span lang="en">Asha</span>
      </a>
      <nav className="nav" aria-label={words("nav.main")}>
        {PAGES.map((one) => (
          <a key={one} href={hrefOf(one)} aria-current={one === page ? "page" : undefined}>
            <Icon name={one} size={22} />
            <span>{words(`nav.${one}`)}</span>
          </a>
        ))}
      </nav>
      <div className="top-settings">
        <button
          type="button"
          className="quiet"
          aria-label={`${words("settings.theme")}: ${words(`settings.theme.${theme}`)}`}
          title={words(`settings.theme.${theme}`)}
          onClick={() => settings.set({ theme: nextTheme })}
        >
          <Icon name="theme" />
        </button>
        <button
          type="button"
          className="quiet"
          lang={tag === "hi" ? "en" : "hi"}
          title={words("settings.interface")}
          onClick={() => settings.set({ interface: tag === "hi" ? "en" : "hi" })}
        >
          {tag === "hi" ? "English" : "हिन्दी"}
        </button>
      </div>
    </header>
  );
}
