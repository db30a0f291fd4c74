import { AwsError } from '../../rpc/aws-error.ts';
import type { AlarmState } from './judge.ts';

/** Whether a composite alarm's rule holds. @param stateOf the state of an alarm by name or ARN; undefined for one that is not there */
export type AlarmRule = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;

const TOKEN =
  /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s()"']+))\s*\)|([()]))/y;

interface Token {
  readonly word: string;
  readonly alarm?: string | undefined;
}

/** @throws ValidationError that says where the rule cannot be read */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = tokenize(text);
  let at = 0;
  const fail = (): never => {
    throw new AwsError('ValidationError', `AlarmRule: unexpected ${tokens[at]?.word ?? 'end'} in '${text}'`);
  };
  const accept = (word: string): boolean => {
    if (tokens[at]?.word !== word) return false;
    at += 1;
    return true;
  };
  const join =
    (word: string, part: () => AlarmRule, combine: (a: boolean, b: () => boolean) => boolean) => (): AlarmRule => {
      let left = part();
      while (accept(word)) {
        const [before, right] = [left, part()];
        left = (stateOf) => combine(before(stateOf), () => right(stateOf));
      }
      return left;
    };
  const not = (): AlarmRule => {
    if (!accept('NOT')) return primary();
    const inner = not();
    return (stateOf) => !inner(stateOf);
  };
  const primary = (): AlarmRule => {
    if (accept('(')) {
      const inner = rule();
      if (!accept(')')) fail();
      return inner;
    }
    if (accept('TRUE')) return () => true;
    if (accept('FALSE')) return () => false;
    const { word, alarm } = tokens[at] ?? fail();
    if (alarm === undefined) return fail();
    at += 1;
    return (stateOf) => stateOf(alarm) === word;
  };
  const and = join('AND', not, (a, b) => a && b());
  const rule = join('OR', and, (a, b) => a || b());
  const parsed = rule();
  if (at < tokens.length) fail();
  return parsed;
}

function tokenize(text: string): readonly Token[] {
  const pattern = new RegExp(TOKEN);
  const tokens: Token[] = [];
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new AwsError('ValidationError', `AlarmRule: cannot read '${text.slice(start).trim()}'`);
    const [, keyword, state, double, single, bare, bracket] = match;
    tokens.push({ word: keyword ?? state ?? bracket ?? '', alarm: double ?? single ?? bare });
  }
  return tokens;
}
