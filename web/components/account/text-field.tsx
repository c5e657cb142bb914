"use client";

import { useId } from "react";

import styles from "./account.module.css";

interface TextFieldProps {
  name: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password";
  /** What a browser's password store makes of it. */
  autoComplete: string;
  hint?: string;
  isWrong?: boolean;
  maxLength?: number;
}

/** A labelled line to fill in. */
export function TextField(props: TextFieldProps) {
  const { name, label, value, onChange, type = "text", autoComplete, hint, isWrong = false, maxLength = 200 } = props;
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        required
        maxLength={maxLength}
        autoComplete={autoComplete}
        spellCheck={false}
        value={value}
        aria-invalid={isWrong}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        data-testid={`account-${name}`}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint !== undefined && (
        <p className="muted small" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
