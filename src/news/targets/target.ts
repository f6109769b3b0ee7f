import type { Occasion } from '../../model/news.js';
import type { Position } from '../../model/diagnostic.js';

/** Where a secret stands; never the secret itself. */
export type SecretPlace =
  | { readonly kind: 'file'; readonly file: string; readonly at: Position }
  | { readonly kind: 'env'; readonly variable: string; readonly at: Position };

interface HttpWay {
  readonly url: SecretPlace;
  readonly proxy?: string;
  readonly ca?: SecretPlace;
  readonly timeoutMs: number;
}

export type TellingWay =
  | ({ readonly kind: 'slack' | 'teams' } & HttpWay)
  | ({ readonly kind: 'webhook'; readonly headers: ReadonlyMap<string, SecretPlace> } & HttpWay)
  | {
      readonly kind: 'mail';
      readonly host: string;
      readonly port: number;
      readonly tls: 'starttls' | 'implicit' | 'none';
      readonly from: string;
      readonly to: readonly string[];
      readonly user?: string;
      readonly password?: SecretPlace;
      readonly ca?: SecretPlace;
      readonly hasPage: boolean;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'command'; readonly run: readonly [string, ...string[]]; readonly timeoutMs: number };

/** Somebody who is told. */
export interface NotifyTarget {
  /** What was told is remembered under it. */
  readonly name: string;
  readonly tell: ReadonlySet<Occasion>;
  readonly way: TellingWay;
}
