/** A query that has not come yet, or did not. */

import { useWords } from "../strings.ts";

interface LoadingProps {
  query: { isPending: boolean; isError: boolean; refetch: () => unknown };
}

export function Loading({ query }: LoadingProps) {
  const words = useWords();
  if (query.isPending) return <p className="empty">{words("loading")} …</p>;
  if (!query.isError) return null;
  return (
    <p className="banner" role="alert">
      {words("load.failed")}
      <button type="button" onClick={() => query.refetch()}>
        {words("load.again")}
      </button>
    </p>
  );
}
