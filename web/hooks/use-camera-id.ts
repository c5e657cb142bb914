"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";

import { CAMERA_ID, cameraIn, cameraPath, isReportingPage } from "@/lib/camera-id";

const KEPT = "rostro-camera";

/**
 * The camera that this tab is: what the address of a page that reports says, else what an earlier one said. Back on such
 * a page, the address says it again, so that it can be seen and taken along.
 */
export function useCameraId(): string {
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams();
  const page = isReportingPage(path) ? path : null;
  const named = page === null ? null : cameraIn(query);
  const [kept, setKept] = useState<string | null>(null);

  useEffect(() => {
    if (named !== null) sessionStorage.setItem(KEPT, named);
    setKept(named ?? sessionStorage.getItem(KEPT));
  }, [named]);

  useEffect(() => {
    if (page !== null && named === null && kept !== null && kept !== CAMERA_ID) router.replace(cameraPath(page, kept));
  }, [router, page, named, kept]);

  return named ?? kept ?? CAMERA_ID;
}
