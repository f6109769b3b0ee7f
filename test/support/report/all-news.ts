import { finish } from '../../../src/language/finish.js';
import type { News, Remembered } from '../../../src/model/news.js';
import type { Report } from '../../../src/model/report.js';
import { newsOfRun } from '../../../src/news/news-of-run.js';

/** What is to be told of a run, at once. */
export function allNews(report: Report, before: Remembered | undefined): News {
  return finish(newsOfRun(report, before));
}
