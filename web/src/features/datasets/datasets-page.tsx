/** The corpora the lab knows: by language, with hours, licence and gate. */

import { useDeferredValue, useState } from "react";
import { TONGUES } from "../../shared/languages.ts";
import { type Key, useWords } from "../../shared/strings.ts";
import { Icon } from "../../shared/ui/icon.tsx";
import { Loading } from "../../shared/ui/loading.tsx";
import { sizeOf } from "./size-of.ts";
import { type CorpusRow, useCorpora } from "./use-corpora.ts";
import "./datasets.css";

export function DatasetsPage() {
  const words = useWords();
  const query = useCorpora();
  const [tag, setTag] = useState("");
  const [sought, setSought] = useState("");
  const text = useDeferredValue(sought.trim().toLowerCase());
  const all = query.data?.data ?? [];
  const shown = all
    .filter(
      (it) =>
        (!tag || tag in it.languages) &&
        (!text || `${it.name} ${it.title} ${it.license}`.toLowerCase().includes(text)),
    )
    .sort((one, other) => numTracks(other) - numTracks(one));
  return (
    <main id="main" className="page page-wide">
      <header className="page-head">
        <h1>{words("datasets.title")}</h1>
        <p>{words("datasets.lead")}</p>
      </header>
      <Loading query={query} />
      {query.isSuccess && (
        <>
          <fieldset className="tags">
            <legend className="visually-hidden">{words("datasets.filter")}</legend>
            {[{ tag: "", name: words("datasets.all") }, ...TONGUES].map((it) => (
              <button
                key={it.tag}
                type="button"
                aria-pressed={tag === it.tag}
                lang={it.tag || undefined}
                onClick={() => setTag(it.tag)}
              >
                {it.name}
              </button>
            ))}
          </fieldset>
          <label className="search">
            <Icon name="search" />
            <input
              type="search"
              value={sought}
              placeholder={words("datasets.search")}
              aria-label={words("datasets.search")}
              onChange={(event) => setSought(event.target.value)}
            />
          </label>
          <p className="explained" aria-live="polite">
            {shown.length} / {all.length}
          </p>
          <ul className="corpora">
            {shown.map((it) => (
              <CorpusCard key={it.name} corpus={it} tag={tag} />
            ))}
          </ul>
        </>
      )}
    </main>
  );
}

/** Corpora of many of our languages come first. */
const numTracks = (it: CorpusRow) => TONGUES.filter(({ tag }) => tag in it.languages).length;

function CorpusCard({ corpus, tag }: { corpus: CorpusRow; tag: string }) {
  const words = useWords();
  const ours = TONGUES.filter((it) => it.tag in corpus.languages && (!tag || it.tag === tag));
  const others = Object.keys(corpus.languages).filter(
    (it) => !TONGUES.some((tongue) => tongue.tag === it),
  );
  return (
    <li className="card corpus">
      <h2>
        {corpus.homepage ? (
          <a href={corpus.homepage} rel="noreferrer" target="_blank">
            {corpus.title}
          </a>
        ) : (
          corpus.title
        )}
        <code>{corpus.name}</code>
      </h2>
      <ul className="badges">
        <li>{corpus.license}</li>
        {corpus.gate && <li>{words(`datasets.gate.${corpus.gate.replace(" ", ".")}` as Key)}</li>}
        <li data-may={corpus.refused_for === null || corpus.refused_for === "no pin"}>
          {trainingWords(corpus, words)}
        </li>
        {corpus.commonly_trained_on && <li>{words("datasets.seen")}</li>}
      </ul>
      {ours.length > 0 && (
        <dl className="sizes">
          {ours.map((it) => (
            <div key={it.tag}>
              <dt lang={it.tag}>{it.name}</dt>
              <dd>{sizeOf(corpus.languages[it.tag]) || words("datasets.uncounted")}</dd>
            </div>
          ))}
        </dl>
      )}
      {!tag && others.length > 0 && (
        <p className="explained others">
          {words("datasets.others")}: {others.join(" ")}
        </p>
      )}
      {corpus.note && (
        <details>
          <summary>{words("datasets.note")}</summary>
          <p lang="en">{corpus.note}</p>
        </details>
      )}
    </li>
  );
}

function trainingWords(corpus: CorpusRow, words: (key: Key) => string): string {
  if (corpus.refused_for === null) return words("datasets.train.yes");
  if (corpus.refused_for === "no pin") return words("datasets.train.pin");
  if (corpus.scored_only) return words("datasets.train.scored");
  return words("datasets.train.no");
}
