/** A public service wants a login: there and back, to the same page and the same words. */

const PLACE = "asha.place";
const DRAFT = "asha.draft";

let isLeaving = false;

/** The login has ended (401). What was said is with the server, what was written stays in this tab. */
export function leaveForLogin(): void {
  if (isLeaving) return;
  isLeaving = true;
  put(PLACE, location.hash);
  location.assign("/login");
}

/** Where one was before the login; once, as the page begins. */
export function comeBack(): void {
  const place = get(PLACE);
  put(PLACE, "");
  if (place && !location.hash) location.replace(place);
}

/** What stands in the line one writes in: it outlives a login or a reload, not the tab. */
export const draft = { get: () => get(DRAFT), put: (text: string) => put(DRAFT, text) };

function get(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return ""; // private windows may refuse storage
  }
}

function put(key: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch {
    // it lives as long as the page, then
  }
}
