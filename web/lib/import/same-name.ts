/**
 * What all spellings of one name have in common for the relay: composed accents, no blanks around, Unicode's folded case.
 * "WEISS" is "Weiß"; "José" and "Jose" are two.
 */
export function sameNameKey(name: string): string {
  const composed = name.trim().normalize("NFC");
  return Array.from(composed, (char) => char.toUpperCase().toLowerCase())
    .join("")
    .normalize("NFC");
}
