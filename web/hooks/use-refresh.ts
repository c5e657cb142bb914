"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Has the page's server part read again every `periodMs` while the page is in view. */
export function useRefresh(periodMs: number): void {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) router.refresh();
    }, periodMs);
    return () => clearInterval(timer);
  }, [router, periodMs]);
}
