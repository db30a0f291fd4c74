#!/bin/sh
# Compiles assets/locale/en_US.UTF-8, which text models need (ONNX Runtime's StringNormalizer constructs that locale and
# neither Lambda nor slim images have it). Only character classes and case mapping are en_US; every other category is POSIX's,
# which keeps the compiled locale small: collation alone would be 2.5 MB. Needs Debian's package `locales`.
set -eu
out=$(cd "$(dirname "$0")/.." && pwd)/assets/locale
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
{
  printf 'comment_char %%\nescape_char /\nLC_CTYPE\ncopy "en_US"\nEND LC_CTYPE\n'
  for category in LC_COLLATE LC_MONETARY LC_NUMERIC LC_TIME LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE LC_MEASUREMENT LC_IDENTIFICATION; do
    printf '%s\ncopy "POSIX"\nEND %s\n' "$category" "$category"
  done
} > "$work/keelson"
mkdir -p "$out"
rm -rf "$out/en_US.UTF-8"
localedef --no-archive --inputfile="$work/keelson" --charmap=UTF-8 "$out/en_US.UTF-8"
find "$out" -type f -exec chmod 644 {} +
du -sh "$out/en_US.UTF-8"
