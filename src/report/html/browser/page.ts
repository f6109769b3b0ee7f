/**
 * The page's own script. Without it everything is there and can be read; with it the hosts can be filtered, all parts
 * opened at once, and what is closed is printed.
 */

interface Entry {
  readonly item: HTMLElement;
  readonly text: string;
}

interface Part {
  readonly element: HTMLElement;
  readonly status: string;
  readonly severity: string;
  /** What holds for each host of it: the rules and sentences. */
  readonly text: string;
  readonly entries: readonly Entry[];
}

/** Of so few hosts a search opens the lists. */
const OPEN_BELOW = 100;
const PAUSE_MS = 120;

function byId<E extends HTMLElement>(id: string, kind: new () => E): E | undefined {
  const element = document.getElementById(id);
  return element instanceof kind ? element : undefined;
}

function textOf(element: Element): string {
  return (element.textContent ?? '').toLowerCase();
}

function entriesOf(element: HTMLElement): readonly Entry[] {
  return [...element.querySelectorAll<HTMLElement>('li.host')].map((item) => {
    const own = item.closest('.variant')?.querySelector('.own');
    return { item, text: own === null || own === undefined ? textOf(item) : `${textOf(item)} ${textOf(own)}` };
  });
}

/** Everything but the list of hosts. */
function commonText(element: HTMLElement): string {
  return [...element.children]
    .filter((child) => !child.matches('.variant, .names, .list'))
    .map(textOf)
    .join(' ');
}

function partOf(element: HTMLElement): Part {
  return {
    element,
    status: element.dataset['status'] ?? '',
    severity: element.dataset['severity'] ?? '',
    text: commonText(element),
    entries: entriesOf(element),
  };
}

let known: readonly Part[] | undefined;
/** Read once, when first asked for: not while the page opens. */
function parts(): readonly Part[] {
  return (known ??= [...document.querySelectorAll<HTMLElement>('article.case')].map(partOf));
}

interface Wanted {
  readonly words: readonly string[];
  readonly status: string;
  readonly severity: string;
}

function show({ element, entries, text, status, severity }: Part, wanted: Wanted): number {
  const fits =
    (wanted.status === '' || wanted.status === status) && (wanted.severity === '' || wanted.severity === severity);
  let shown = 0;
  for (const entry of entries) {
    const isShown = fits && wanted.words.every((word) => entry.text.includes(word) || text.includes(word));
    entry.item.hidden = !isShown;
    if (isShown) shown += 1;
  }
  for (const variant of element.querySelectorAll<HTMLElement>('.variant'))
    variant.hidden = variant.querySelector('li.host:not([hidden])') === null;
  element.hidden = shown === 0;
  return shown;
}

function filter(wanted: Wanted, count: HTMLElement): void {
  const isWanted = wanted.words.length > 0 || wanted.status !== '' || wanted.severity !== '';
  let shown = 0;
  let all = 0;
  for (const part of parts()) {
    shown += show(part, wanted);
    all += part.entries.length;
  }
  if (isWanted && shown <= OPEN_BELOW)
    for (const list of document.querySelectorAll<HTMLDetailsElement>('article.case:not([hidden]) > details.list'))
      list.open = true;
  count.textContent = isWanted
    ? `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} hosts`
    : `${all.toLocaleString('en')} hosts`;
}

function startFilter(): void {
  const form = byId('filter', HTMLFormElement);
  const text = byId('filter-text', HTMLInputElement);
  const status = byId('filter-status', HTMLSelectElement);
  const severity = byId('filter-severity', HTMLSelectElement);
  const count = byId('filter-count', HTMLElement);
  if (form === undefined || text === undefined || status === undefined || severity === undefined || count === undefined)
    return;
  let waiting: number | undefined;
  const apply = (): void =>
    filter(
      {
        words: text.value
          .toLowerCase()
          .split(/\s+/)
          .filter((word) => word !== ''),
        status: status.value,
        severity: severity.value,
      },
      count,
    );
  form.addEventListener('input', () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(apply, PAUSE_MS);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
}

function allDetails(): readonly HTMLDetailsElement[] {
  return [...document.querySelectorAll('details')];
}

function startUnfold(): void {
  const button = byId('unfold', HTMLButtonElement);
  button?.addEventListener('click', () => {
    const open = button.textContent === 'Open all';
    for (const details of document.querySelectorAll<HTMLDetailsElement>('#hosts details, #unreached details'))
      details.open = open;
    button.textContent = open ? 'Close all' : 'Open all';
  });
}

/** What is closed on the screen is printed all the same. */
function startPrint(): void {
  let closed: readonly HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    closed = allDetails().filter(({ open }) => !open);
    for (const details of closed) details.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const details of closed) details.open = false;
  });
}

/** A link leads to what is said, which may stand in something closed. */
function reveal(): void {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  for (let each: Element | null = target; each !== null; each = each.parentElement)
    if (each instanceof HTMLDetailsElement) each.open = true;
  if (target !== null) target.scrollIntoView();
}

startFilter();
startUnfold();
startPrint();
window.addEventListener('hashchange', reveal);
if (window.location.hash !== '') reveal();
