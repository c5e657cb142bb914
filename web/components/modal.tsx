"use client";

import { useLayoutEffect, useRef, type ReactNode } from "react";

import styles from "./dialog.module.css";

interface ModalProps {
  /** The id of the title inside. */
  labelledBy: string;
  testId: string;
  /** Wider than a question: for forms. */
  wide?: boolean;
  /** Escape does not close it: what it shows is not shown again. */
  insistent?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A window over the page while it is rendered. */
export function Modal({ labelledBy, testId, wide = false, insistent = false, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => {
      // Once the window is gone: as long as it is there, nothing behind it takes the focus.
      queueMicrotask(() => focusOn(opener));
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${wide ? styles.wide : ""}`}
      aria-labelledby={labelledBy}
      data-testid={testId}
      onCancel={(event) => {
        if (insistent) event.preventDefault();
      }}
      onClose={onClose}
    >
      {children}
    </dialog>
  );
}

/** Puts the focus back where it came from, else to the page's contents. */
function focusOn(opener: Element | null) {
  const isThere = opener instanceof HTMLElement && opener !== document.body && opener.isConnected;
  const target = isThere ? opener : document.getElementById("content");
  target?.focus();
}
