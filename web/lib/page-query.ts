/** What Next gives a page of its address's query, as the URL's own type; a repeated parameter stays repeated. */
export function pageQuery(asked: Record<string, string | string[] | undefined>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    for (const text of [value ?? []].flat()) query.append(name, text);
  }
  return query;
}
