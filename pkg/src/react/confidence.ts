/** A share as people read it, in percent: never 100 %, which nobody can promise, nor 0 %. */
export function confidenceText(share: number, locale?: string): string {
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  if (share > 0.99) return `> ${percent.format(0.99)}`;
  return share < 0.01 ? `< ${percent.format(0.01)}` : percent.format(share);
}
