// What Stagegate does with a property of a serverless.yml: it is enforced, ignored for a stated reason, or refused with a way out.

import { type FeatureName, type Features, runningFeatures } from '../running-features.ts';

export type Treatment =
  | { readonly kind: 'enforced' }
  /** Enforced when a feature of the system runs; until then it is treated otherwise. */
  | { readonly kind: 'waiting'; readonly feature: FeatureName; readonly until: Exclude<Treatment, { readonly kind: 'waiting' }> }
  /** It changes nothing that can be seen here. */
  | { readonly kind: 'ignored'; readonly why: string }
  /** It would change what a caller sees, and Stagegate does not do it yet. */
  | {
      readonly kind: 'refused';
      readonly what: string;
      readonly fix: string;
      /** What --lenient leaves out when that is more than the property. */
      readonly leftOut?: string;
    };

/** What becomes of a property with these features. */
export function treatmentOf(
  treatment: Treatment,
  features: Features = runningFeatures,
): Exclude<Treatment, { readonly kind: 'waiting' }> {
  if (treatment.kind !== 'waiting') return treatment;
  return features[treatment.feature] ? enforced : treatment.until;
}

export type PropertyTable = Readonly<Record<string, Treatment>>;

export const enforced = { kind: 'enforced' } as const;
export const ignored = (why: string) => ({ kind: 'ignored', why }) as const;
export const waiting = (feature: FeatureName, until: Exclude<Treatment, { readonly kind: 'waiting' }>): Treatment => ({
  kind: 'waiting',
  feature,
  until,
});
export const refused = (what: string, fix: string, leftOut?: string): Extract<Treatment, { readonly kind: 'refused' }> => ({
  kind: 'refused',
  what,
  fix,
  ...(leftOut === undefined ? {} : { leftOut }),
});

/** How to go on without what is refused. */
export const LENIENT = 'Remove it for local runs, or run with --lenient to leave it out.';
/** Why roles mean nothing. */
export const NO_ROLE = 'functions run as the user who started Stagegate, not under an IAM role';
/** Why an API that is there already is not looked for. */
export const OWN_API = 'the routes of this file get an API of their own here, at its root, not one that is there already';
