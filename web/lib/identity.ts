/**
 * What two spellings of a name, an e-mail address or a document number are compared by:
 * without case, surrounding or doubled spaces, and with accents composed the same way.
 * "José" and "Jose" stay two names.
 */
export function identityKey(text: string): string {
  return text.normalize("NFC").trim().replace(/\s+/gu, " ").toLowerCase();
}

/** What a name is searched by: as {@link identityKey}, and without accents, which few type who are in a hurry. */
export function searchKey(text: string): string {
  return identityKey(text).normalize("NFD").replace(/\p{M}/gu, "");
}

/** `null` for what is missing or blank, the trimmed text otherwise. */
export function presentText(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const trimmed = text.trim();
  return trimmed === "" ? null : trimmed;
}
