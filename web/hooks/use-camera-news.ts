"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { RelayCamera } from "rostro/relay";

import { useRelay } from "@/components/recognition/relay-provider";
import type { CameraLine } from "@/lib/cameras";
import { withNews } from "@/lib/relay-cameras";

/** The lines as they were read, with what the relay has told of their cameras since. */
export function useCameraNews(read: CameraLine[]): CameraLine[] {
  const { client } = useRelay();
  const router = useRouter();
  const [news, setNews] = useState<{ since: CameraLine[]; told: readonly RelayCamera[] }>({ since: read, told: [] });
  useEffect(() => {
    return client?.onCamera((camera) => {
      setNews(({ since, told }) => ({ since, told: [...told.filter(({ id }) => id !== camera.id), camera] }));
    });
  }, [client]);
  // What is left of the line, if anything, the page's server part knows.
  useEffect(() => client?.onCameraRemoved(() => router.refresh()), [client, router]);
  // What was read later knows it already.
  if (news.since !== read) setNews({ since: read, told: [] });
  return news.since === read ? withNews(read, news.told) : read;
}
