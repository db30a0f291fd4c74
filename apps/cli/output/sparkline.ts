const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Values as blocks of a height between 0 and `most`, one character each; a gap where there is none. */
export const sparkline = (values: readonly (number | undefined)[], most: number): string =>
  values
    .map((value) => {
      if (value === undefined || !(most > 0)) return ' ';
      const height = Math.round((Math.min(value, most) / most) * (BLOCKS.length - 1));
      return BLOCKS[Math.max(0, height)];
    })
    .join('');
