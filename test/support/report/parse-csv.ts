/** RFC 4180 by its grammar, strict: CR LF ends a record, a quoted field may hold anything, an unquoted one no quote, CR or LF. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (at >= text.length) throw new Error('a quoted field does not end');
        if (text[at] === '"') at += 1;
        field += text[at] ?? '';
      }
      at += 1;
    } else {
      for (; at < text.length && !',\r\n'.includes(text[at] ?? ''); at += 1) {
        if (text[at] === '"') throw new Error('a quote in an unquoted field');
        field += text[at] ?? '';
      }
    }
    record.push(field);
    if (text[at] === ',') {
      at += 1;
      if (at === text.length) throw new Error('the last record does not end');
      continue;
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`neither a comma nor CR LF at ${at}`);
    at += 2;
    records.push(record);
    record = [];
  }
  return records;
}
