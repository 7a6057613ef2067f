/** Pages by the address's hash: the server needs to know only one address. */

import { useSyncExternalStore } from "react";

export type Page = "talk" | "sessions" | "memory" | "latency" | "scores" | "datasets";

export interface Route {
  page: Page;
  id: string | null;
}

const PAGES: readonly Page[] = ["talk", "sessions", "memory", "latency", "scores", "datasets"];

export function routeOf(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, "").split("/");
  const known = PAGES.find((one) => one === page) ?? "talk";
  return { page: known, id: id ? decodeURIComponent(id) : null };
}

export const hrefOf = (page: Page, id?: string) =>
  id ? `#/${page}/${encodeURIComponent(id)}` : `#/${page}`;

const subscribe = (listener: () => void) => {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
};

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => location.hash));
}
