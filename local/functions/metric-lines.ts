const MARK = '"_aws"';
/** CloudWatch's largest log event; a line beyond it is cut, and then holds no document. */
const LINE_LIMIT = 1024 * 1024;

/** Finds the lines that may hold metrics in what a process prints, piece by piece. All others are passed over unread. */
export function createMetricLines(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      rest = rest.length + text.length > LINE_LIMIT ? '' : rest + text;
      return;
    }
    const whole = rest + text.slice(0, end);
    rest = text.slice(end + 1);
    if (!whole.includes(MARK)) return;
    for (const line of whole.split('\n')) if (line.includes(MARK)) onLine(line);
  };
}
