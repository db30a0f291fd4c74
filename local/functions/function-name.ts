const ARN = /^arn:aws[a-z-]*:lambda:[^:]+:\d*:function:([^:/]+)(?::([^:/]+))?$/;
const PARTIAL = /^\d{12}:function:([^:]+)(?::([^:]+))?$/;
const PLAIN = /^([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Reads a function's name, partial ARN or ARN, each with or without a qualifier. @returns undefined for what is none of them */
export function parseFunctionName(text: string): { name: string; qualifier: string | undefined } | undefined {
  const match = ARN.exec(text) ?? PARTIAL.exec(text) ?? PLAIN.exec(text);
  return match === null ? undefined : { name: match[1] as string, qualifier: match[2] };
}
