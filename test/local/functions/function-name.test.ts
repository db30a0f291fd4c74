import { describe, expect, it } from 'vitest';
import { parseFunctionName } from '../../../local/functions/function-name.ts';

describe('a function’s name', () => {
  it.each([
    ['fn', 'fn', undefined],
    ['fn:live', 'fn', 'live'],
    ['fn:$LATEST', 'fn', '$LATEST'],
    ['000000000000:function:fn', 'fn', undefined],
    ['000000000000:function:fn:3', 'fn', '3'],
    ['arn:aws:lambda:eu-west-1:000000000000:function:fn', 'fn', undefined],
    ['arn:aws-cn:lambda:cn-north-1:000000000000:function:fn:live', 'fn', 'live'],
  ])('is read from %s', (text, name, qualifier) => {
    expect(parseFunctionName(text)).toEqual({ name, qualifier });
  });

  it.each(['', 'a b', 'a:b:c', 'arn:aws:s3:::bucket', 'fn:'])('fails to be read from "%s"', (text) => {
    expect(parseFunctionName(text)).toBeUndefined();
  });
});
