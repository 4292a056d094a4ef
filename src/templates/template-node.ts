// A template's YAML as a tree that remembers where everything stood, so that every message can name line and column.

import type { Place } from '../config/user-error.ts';

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly TemplateNode[];
}

export interface MapEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly node: TemplateNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export type TemplateNode = ScalarNode | ListNode | MapNode;

/** What a node is, for messages: `a list`, `the text "x"`. */
export function describeNode(node: TemplateNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  if (node.value === null) return 'empty';
  if (typeof node.value === 'string') return JSON.stringify(shorten(node.value));
  return `the ${typeof node.value} ${node.value}`;
}

export function isNull(node: TemplateNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.value === null);
}

/** True for what says nothing: null, false, an empty list or map. */
export function isVacant(node: TemplateNode): boolean {
  if (node.kind === 'scalar') return node.value === null || node.value === false || node.value === '';
  return node.kind === 'list' ? node.items.length === 0 : node.entries.size === 0;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
