/** The ten digits in a font of 7 rows by 5 columns, # for ink. */
const FONT: readonly string[] = [
  '.###. #...# #..## #.#.# ##..# #...# .###.',
  '..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.',
  '.###. #...# ....# ...#. ..#.. .#... #####',
  '##### ...#. ..#.. ...#. ....# #...# .###.',
  '...#. ..##. .#.#. #..#. ##### ...#. ...#.',
  '##### #.... ####. ....# ....# #...# .###.',
  '..##. .#... #.... ####. #...# #...# .###.',
  '##### ....# ...#. ..#.. .#... .#... .#...',
  '.###. #...# #...# .###. #...# #...# .###.',
  '.###. #...# #...# .#### ....# ...#. .##..',
];

export const GLYPH_ROWS = 7;
export const GLYPH_COLUMNS = 5;

const GLYPHS = FONT.map((glyph) => glyph.split(' '));

/** Ink of a cell of a digit's glyph: 1 or 0, and 0 outside. */
export const glyphInk = (digit: number, row: number, column: number): number =>
  GLYPHS[digit]?.[row]?.[column] === '#' ? 1 : 0;
