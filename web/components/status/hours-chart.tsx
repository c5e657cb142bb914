"use client";

import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

import { hourName, type HourCount } from "@/lib/hours";

import { useI18n } from "../i18n-provider";
import styles from "./status.module.css";

const SMALL = { fontSize: 12, fill: "var(--muted)" };

/** Stacked bars, one for each hour. The table beside it says the same, so screen readers are spared this. */
export function HoursChart({ hours }: { hours: HourCount[] }) {
  const { locale, t } = useI18n();
  const { relayStatus } = t;
  return (
    <div className={styles.chart} aria-hidden="true" data-testid="hours-chart">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={hours} accessibilityLayer={false} margin={{ top: 8, right: 4, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="hour"
            tickFormatter={(hour: number) => hourName(hour, locale)}
            tick={SMALL}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
            minTickGap={28}
          />
          <YAxis
            allowDecimals={false}
            width="auto"
            tickFormatter={(count: number) => count.toLocaleString(locale)}
            tick={SMALL}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={{ fill: "var(--surface-2)" }}
            isAnimationActive={false}
            content={HourTooltip}
          />
          <Legend itemSorter={null} formatter={legendName} />
          <Bar
            dataKey="known"
            name={relayStatus.known}
            stackId="faces"
            fill="var(--chart-known)"
            isAnimationActive={false}
          />
          <Bar
            dataKey="unknown"
            name={relayStatus.unknown}
            stackId="faces"
            fill="var(--chart-unknown)"
            stroke="var(--surface)"
            isAnimationActive={false}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function legendName(name: string) {
  return <span className={styles.legend}>{name}</span>;
}

/** What the pointer is at. */
function HourTooltip({ active, payload }: { active: boolean; payload: readonly { payload?: unknown }[] }) {
  const count = payload[0]?.payload;
  return active && isHourCount(count) ? <HourNote count={count} /> : null;
}

function HourNote({ count: { hour, known, unknown } }: { count: HourCount }) {
  const { locale, t } = useI18n();
  return (
    <div className={styles.note}>
      <strong className="numeric">{hourName(hour, locale)}</strong>
      <span>
        {t.relayStatus.known}: {known.toLocaleString(locale)}
      </span>
      <span>
        {t.relayStatus.unknown}: {unknown.toLocaleString(locale)}
      </span>
    </div>
  );
}

function isHourCount(value: unknown): value is HourCount {
  return typeof value === "object" && value !== null && "hour" in value && "known" in value && "unknown" in value;
}
