// java.util.List, Map and Map.Entry.

import { equalValues, type JsonObject, type JsonValue } from '../../json-path/json-value.ts';
import { textOf } from '../print-value.ts';
import type { Run } from '../run.ts';
import { TemplateStop } from '../template-fault.ts';
import { JavaArray, JavaIterator, listOf, MapEntry, MapView, toElement, type Value } from '../vtl-value.ts';
import { failed, methodTable } from './method-table.ts';
import { hashOf } from './string-methods.ts';

type List = JsonValue[];

/** Lists and maps that a template fills. */
const SIZE_MAX = 100_000;

export const listMethods = methodTable<List>({
  'size()': (self) => self.length,
  'isEmpty()': (self) => self.length === 0,
  'iterator()': (self) => new JavaIterator(self),
  'toArray()': (self, _args, run) => copied(self, run),
  'get(i)': (self, [index]) => self[checked(index, self.length)],
  'set(io)': (self, [index, value]) => {
    const at = checked(index, self.length);
    const before = self[at];
    self[at] = toElement(value);
    return before;
  },
  'contains(o)': (self, [item], run) => find(self, item, run) >= 0,
  'indexOf(o)': (self, [item], run) => find(self, item, run),
  'lastIndexOf(o)': (self, [item], run) => {
    run.step(self.length);
    return self.findLastIndex((one) => equalValues(one, item ?? null, run));
  },
  'containsAll(l)': (self, [items], run) => items.every((item: Value) => find(self, item, run) >= 0),
  'equals(o)': (self, [other], run) => {
    run.step(self.length);
    return equalValues(self, other, run);
  },
  'toString()': (self, _args, run) => run.made(textOf(self, run)),
  'hashCode()': (self, _args, run) => hashOf(textOf(self, run)),
  'add(o)': (self, [item]) => {
    growable(self, 1);
    self.push(toElement(item));
    return true;
  },
  'add(io)': (self, [index, item]) => {
    growable(self, 1);
    self.splice(checked(index, self.length + 1), 0, toElement(item));
    // A void method is an empty text in Velocity.
    return '';
  },
  'addAll(l)': (self, [items], run) => {
    run.step(items.length);
    growable(self, items.length);
    for (const item of [...items]) self.push(item);
    return items.length > 0;
  },
  'remove(i)': (self, [index], run) => {
    growable(self, 0);
    run.step(self.length >> 4);
    return self.splice(checked(index, self.length), 1)[0];
  },
  'remove(o)': (self, [item], run) => {
    growable(self, 0);
    const at = find(self, item, run);
    if (at >= 0) self.splice(at, 1);
    return at >= 0;
  },
  'removeAll(l)': (self, [items], run) => keepOnly(self, (one) => find(items, one, run) < 0),
  'retainAll(l)': (self, [items], run) => keepOnly(self, (one) => find(items, one, run) >= 0),
  'clear()': (self) => {
    growable(self, 0);
    self.length = 0;
    return '';
  },
  'subList(ii)': (self, [from, to], run) => {
    if (from < 0 || to > self.length || from > to) throw failed(`subList(${from}, ${to}) of ${self.length}`);
    run.step(to - from);
    return listOf(self.slice(from, to));
  },
});

/** Those of a map's views: what is taken out of one is taken out of the map; nothing can be put in. */
export const viewMethods = methodTable<MapView>({
  'size()': (self) => self.length,
  'isEmpty()': (self) => self.length === 0,
  'iterator()': (self) => new JavaIterator(self),
  'toArray()': (self, _args, run) => copied(self, run),
  'contains(o)': (self, [item], run) => find(self, item, run) >= 0,
  'containsAll(l)': (self, [items], run) => items.every((item: Value) => find(self, item, run) >= 0),
  'equals(o)': (self, [other], run) => equalValues(self, other, run),
  'toString()': (self, _args, run) => run.made(textOf(self, run)),
  'hashCode()': (self, _args, run) => hashOf(textOf(self, run)),
  'add(o)': () => {
    throw failed('The keys, values and entries of a map take no more items.');
  },
  'remove(o)': (self, [item], run) => {
    const at = find(self, item, run);
    if (at < 0) return false;
    self.owner.delete([...self.owner.keys()][at]);
    self.splice(at, 1);
    return true;
  },
  'clear()': (self) => {
    self.owner.clear();
    self.length = 0;
    return '';
  },
});

function copied(items: readonly JsonValue[], run: Run): JavaArray {
  run.step(items.length);
  const array = new JavaArray();
  for (let index = 0; index < items.length; index++) array[index] = items[index] as JsonValue;
  return array;
}

function checked(index: number, length: number): number {
  if (index < 0 || index >= length) throw failed(`Index ${index} out of bounds for length ${length}`);
  return index;
}

function find(list: readonly JsonValue[], item: Value, run: Run): number {
  run.step(1 + list.length);
  return list.findIndex((one) => equalValues(one, item ?? null, run));
}

function growable(list: List, more: number): void {
  if (list instanceof JavaArray) throw failed('An array takes no changes of its length.');
  if (list.length + more > SIZE_MAX) throw new TemplateStop('budget', `A list of more than ${SIZE_MAX} items.`, -1, 'size');
}

function keepOnly(list: List, keeps: (item: JsonValue) => boolean): boolean {
  growable(list, 0);
  const kept = list.filter(keeps);
  const changed = kept.length !== list.length;
  list.length = 0;
  for (const item of kept) list.push(item);
  return changed;
}

export const mapMethods = methodTable<JsonObject>({
  'size()': (self) => self.size,
  'isEmpty()': (self) => self.size === 0,
  'get(o)': (self, [key]) => self.get(key ?? null),
  'getOrDefault(oo)': (self, [key, other]) => (self.has(key ?? null) ? self.get(key ?? null) : other),
  'containsKey(o)': (self, [key]) => self.has(key ?? null),
  'containsValue(o)': (self, [value], run) => {
    run.step(self.size);
    return [...self.values()].some((one) => equalValues(one, value ?? null, run));
  },
  'put(oo)': (self, [key, value]) => put(self, key, value),
  'putIfAbsent(oo)': (self, [key, value]) => self.get(key ?? null) ?? put(self, key, value),
  'replace(oo)': (self, [key, value]) => (self.has(key ?? null) ? put(self, key, value) : undefined),
  'putAll(m)': (self, [other], run) => {
    run.step(other.size);
    for (const [key, value] of [...other]) put(self, key, value);
    return '';
  },
  'remove(o)': (self, [key]) => {
    const before = self.get(key ?? null);
    self.delete(key ?? null);
    return before;
  },
  'clear()': (self) => {
    self.clear();
    return '';
  },
  'keySet()': (self, _args, run) => viewOf(self, 'java.util.LinkedHashMap$LinkedKeySet', self.keys() as Iterable<Value>, run),
  'values()': (self, _args, run) => viewOf(self, 'java.util.LinkedHashMap$LinkedValues', self.values(), run),
  'entrySet()': (self, _args, run) => {
    const entries: MapEntry[] = [];
    for (const key of self.keys()) entries.push(new MapEntry(self, key as Value));
    return viewOf(self, 'java.util.LinkedHashMap$LinkedEntrySet', entries, run);
  },
  'equals(o)': (self, [other], run) => {
    run.step(self.size);
    return equalValues(self, other, run);
  },
  'toString()': (self, _args, run) => run.made(textOf(self, run)),
  'hashCode()': (self, _args, run) => hashOf(textOf(self, run)),
});

export function put(map: JsonObject, key: Value, value: Value): Value {
  const before = map.get(key ?? null);
  if (before === undefined && map.size >= SIZE_MAX) {
    throw new TemplateStop('budget', `A map of more than ${SIZE_MAX} keys.`, -1, 'size');
  }
  map.set(key ?? null, toElement(value));
  return before;
}

function viewOf(map: JsonObject, className: string, items: Iterable<Value>, run: Run): MapView {
  run.step(map.size >> 2);
  return new MapView(map, className, items);
}

export const entryMethods = methodTable<MapEntry>({
  'getKey()': (self) => self.key,
  'getValue()': (self) => self.value,
  'setValue(o)': (self, [value]) => put(self.owner, self.key, value),
  'toString()': (self, _args, run) => run.made(textOf(self, run)),
});

export const iteratorMethods = methodTable<JavaIterator>({
  'hasNext()': (self) => self.hasNext,
  'next()': (self) => {
    if (!self.hasNext) throw failed('The iterator has no more items.');
    return self.next();
  },
});
