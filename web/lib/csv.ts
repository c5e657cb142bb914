/** Comma-separated values as spreadsheets open them (RFC 4180). */

/** Put first, it tells spreadsheets that the text is UTF-8. */
export const BYTE_ORDER_MARK = "\u{FEFF}";

/** A spreadsheet would run such a cell as a formula; some take the wide forms for the plain ones. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/u;

/** One line with its end. Texts that a spreadsheet would run are led by an apostrophe; numbers are written as they are. */
export function csvLine(cells: readonly (string | number | null)[], separator: "," | ";"): string {
  return `${cells.map((cell) => csvCell(cell)).join(separator)}\r\n`;
}

function csvCell(cell: string | number | null): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA_START.test(cell) ? `'${cell}` : cell;
  // Both separators: a spreadsheet that expects the other one must find no cell within a cell.
  const needsQuotes = /[",;\r\n\t]/u.test(text) || text !== text.trim();
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}
