/** The device's conversations, from the server. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, type SessionRow } from "../../shared/api.ts";

const KEY = ["sessions"];

async function rows(): Promise<SessionRow[]> {
  try {
    return (await api.listSessions()).data;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []; // a device not seen before
    throw error;
  }
}

export function useSessions() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: KEY });
  return {
    query: useQuery({ queryKey: KEY, queryFn: rows }),
    rename: useMutation({
      mutationFn: ({ id, title }: { id: string; title: string }) =>
        api.changeSession(id, { title }),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => api.deleteSession(id), onSuccess }),
  };
}

export const useItems = (id: string) =>
  useQuery({ queryKey: ["items", id], queryFn: async () => (await api.getItems(id)).data });

/** Rows whose name or beginning holds all words of `wanted`. */
export function matching(all: SessionRow[], wanted: string): SessionRow[] {
  const parts = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((row) => {
    const text = `${row.title} ${row.preview}`.toLocaleLowerCase();
    return parts.every((part) => text.includes(part));
  });
}
