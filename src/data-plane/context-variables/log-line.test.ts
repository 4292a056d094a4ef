import { test } from 'node:test';
import { fuzzLogValues } from './log-line.fuzz.ts';

test('no value of five thousand hostile ones breaks a line', () => fuzzLogValues(5_000, 1));
