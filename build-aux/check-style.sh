#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks what a machine can check of the house style: clang-format, final newlines, no trailing blanks,
# SPDX lines, lengths of files and functions. Names each place; exit code 1 if there is one.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.." || exit 2

max_file_lines=600
max_function_lines=70
bad=0

say ()
{
  echo "$1"
  bad=1
}

mapfile -t files < <(git ls-files -- . ':!LICENSE' ':!tests/data' ':!tests/fuzz/corpus' ':!tests/fuzz/dict' ':!docs/images' ':!*.png' ':!*.svg' ':!*.ics' \
                     | while read -r file; do [ -f "$file" ] && echo "$file"; done)
mapfile -t c_files < <(printf '%s\n' "${files[@]}" | grep -E '\.[ch]$')

format=$(command -v clang-format-14 || true)
if [ -z "$format" ]; then
  echo "check-style: clang-format-14 is not installed: the layout of C files was not checked" >&2
elif ! output=$("$format" --dry-run -Werror "${c_files[@]}" 2>&1); then
  grep -E 'error:' <<< "$output" | head -n 40
  say "Mend these by: clang-format-14 -i FILE"
fi

for file in "${files[@]}"; do
  [ -s "$file" ] || continue
  [ -z "$(tail -c 1 "$file")" ] || say "$file: no newline at the end"
  case "$file" in
    *.md|*.po|*.csv|*.json|LICENSE) continue ;;
  esac
  match=$(grep -nE '[ 	]+$' "$file" | head -n 1) && say "$file:${match%%:*}: blanks at the end of the line"
  if [[ $file =~ \.([ch]|py|sh)$ ]] || head -c 2 "$file" | grep -q '#!'; then
    head -n 5 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || say "$file: no SPDX line"
    lines=$(wc -l < "$file")
    [ "$lines" -le "$max_file_lines" ] || say "$file: $lines lines, more than $max_file_lines: split it by role"
  fi
done

for file in "${c_files[@]}"; do
  case "$file" in tests/*) continue ;; esac
  awk -v most="$max_function_lines" -v file="$file" '
    /^{/ { start = NR }
    /^}/ && start { if (NR - start > most) { print file ":" start ": function of " NR - start " lines"; found = 1 } start = 0 }
    END { exit found }' "$file" || bad=1
done
exit "$bad"
