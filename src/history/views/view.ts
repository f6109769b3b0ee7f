/** Null: there is nothing to say, which is not 0. */
export type Cell = string | number | null;

/**
 * What a cell holds, and how a terminal shows it: a time in UTC (`2026-11-23T02:00:00Z`), a number of days with a
 * fraction, a bar as long as its number beside the others of its column.
 */
export type CellKind = 'text' | 'count' | 'time' | 'days' | 'percent' | 'bar';

export interface ViewColumn {
  /** In JSON and CSV; stable. */
  readonly key: string;
  /** In a terminal; empty: the column is not shown there. */
  readonly title: string;
  readonly kind: CellKind;
}

/** Whether somebody asked for this host. */
export type ChosenHost = (of: { readonly host: string }) => boolean;

export function everyHost(): boolean {
  return true;
}

/** A table of a view. */
export interface ViewPart {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly ViewColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** What a terminal says where there is no row; nothing: the part is left out. */
  readonly none?: string;
}

/** What a view of the history returns. CSV has the first part, JSON has all. */
export interface View {
  /** Lines above the tables in a terminal. */
  readonly head: readonly string[];
  readonly parts: readonly [ViewPart, ...ViewPart[]];
}

function column(kind: CellKind) {
  return (key: string, title: string = key): ViewColumn => ({ key, title, kind });
}

export const text = column('text');
export const countColumn = column('count');
export const time = column('time');
export const days = column('days');
export const percentColumn = column('percent');
export const bar = column('bar');
