/** The page begins here. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { comeBack } from "../shared/login.ts";
import { App } from "./app.tsx";
import "./fonts.css";
import "./look.css";
import "./talk.css";

comeBack();

const client = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 2_000 } } });

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <QueryClientProvider client={client}>
    <App />
  </QueryClientProvider>,
);
