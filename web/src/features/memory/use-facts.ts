/** The facts Asha keeps, from the server. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, type Fact } from "../../shared/api.ts";

const KEY = ["facts"];

async function facts(): Promise<Fact[]> {
  try {
    return (await api.listFacts()).data;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []; // a device not seen before
    throw error;
  }
}

export function useFacts() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: KEY });
  return {
    query: useQuery({ queryKey: KEY, queryFn: facts }),
    edit: useMutation({
      mutationFn: ({ id, text }: { id: string; text: string }) => api.editFact(id, text),
      onSuccess,
    }),
    forget: useMutation({ mutationFn: (id: string) => api.forgetFact(id), onSuccess }),
    forgetAll: useMutation({ mutationFn: () => api.forgetAll(), onSuccess }),
  };
}
