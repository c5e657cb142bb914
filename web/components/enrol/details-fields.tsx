"use client";

import type { EnrolmentField } from "@/lib/enrolment";

import { useI18n } from "../i18n-provider";
import styles from "./enrolment-form.module.css";

/** The fields that a person fills in; `samples` are taken, not typed. */
export type DetailField = Exclude<EnrolmentField, "samples">;

export type Details = Record<DetailField, string>;

export const NO_DETAILS: Details = { name: "", unit: "", kind: "", dni: "", email: "" };

interface DetailsFieldsProps {
  details: Details;
  /** The field that the server refused. */
  refused: EnrolmentField | null;
  onChange: (details: Details) => void;
}

export function DetailsFields({ details, refused, onChange }: DetailsFieldsProps) {
  const { t } = useI18n();
  const { enrol } = t;
  const fields: { field: DetailField; label: string; example?: string; type?: string }[] = [
    { field: "name", label: enrol.name },
    { field: "unit", label: enrol.unit, example: enrol.unitExample },
    { field: "kind", label: enrol.kind, example: enrol.kindExample },
    { field: "dni", label: enrol.document },
    { field: "email", label: enrol.email, type: "email" },
  ];
  return fields.map(({ field, label, example, type = "text" }) => (
    <div key={field} className={styles.field}>
      <label htmlFor={`enrol-${field}`}>
        {label}
        {field !== "name" && <span className="muted"> ({enrol.optional})</span>}
      </label>
      <input
        id={`enrol-${field}`}
        name={field}
        type={type}
        autoComplete="off"
        maxLength={200}
        required={field === "name"}
        placeholder={example}
        value={details[field]}
        aria-invalid={refused === field}
        aria-describedby={refused === field ? `enrol-${field}-error` : undefined}
        data-testid={`enrol-${field}`}
        onChange={(event) => onChange({ ...details, [field]: event.target.value })}
      />
      {refused === field && (
        <p className={styles.error} id={`enrol-${field}-error`}>
          {enrol.errors[field]}
        </p>
      )}
    </div>
  ));
}
