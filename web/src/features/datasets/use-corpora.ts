/** The registry of corpora, from the server. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../../shared/api.ts";

export interface CorpusRow {
  name: string;
  title: string;
  homepage: string;
  license: string;
  gate: "" | "terms" | "on request" | "not found";
  refused_for: string | null;
  scored_only: boolean;
  commonly_trained_on: boolean;
  tasks: string[];
  languages: Record<string, { hours: number | null; rows: Record<string, number> }>;
  note: string;
}

export const useCorpora = () =>
  useQuery({
    queryKey: ["corpora"],
    queryFn: () => api.read<{ data: CorpusRow[] }>("/v1/lab/corpora"),
    staleTime: Number.POSITIVE_INFINITY,
  });
