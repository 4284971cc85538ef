#!/bin/bash
# Checks that the debug data of bin/ leads from each defect in expected.tsv to its marker: the blamed image must have a call (or
# for a dispatch routine, its first instruction) that resolves to the function named there, on the line of the marker.
# Needs llvm-symbolizer-19 and the mingw objdump. Prints what does not resolve and fails then.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
bad=0 good=0

while IFS=$'\t' read -r file with scenario verdict reason certainty party image function source; do
    case $file in ''|'#'*) continue ;; esac
    [ "$source" = - ] && continue
    name=${source%%:*} marker=${source#*:}
    line=$(grep -nF "/* $marker */" "$here/src/$name" | cut -d: -f1)
    if [ "$(wc -w <<<"$line")" -ne 1 ]; then
        echo "$image: marker '$marker' must be on one line of $name, is on: $line"
        bad=$((bad + 1))
        continue
    fi
    sites=$(x86_64-w64-mingw32-objdump -d --no-show-raw-insn "$here/bin/$image" |
        awk '/^[0-9a-f]+ <.*>:$/ { print "0x" $1 } $2 ~ /^call/ { sub(":", "", $1); print "0x" $1 }' |
        llvm-symbolizer-19 --obj="$here/bin/$image" --no-inlines --output-style=GNU --functions=short)
    if paste - - <<<"$sites" | grep -qP "^\Q$function\E\t(.*[\\\\/])?\Q$name\E:$line(\D|$)"; then
        good=$((good + 1))
    else
        echo "$image: no call in $function at $name:$line ($marker)"
        bad=$((bad + 1))
    fi
done < "$here/expected.tsv"

echo "$good call sites resolve, $bad do not"
[ "$bad" -eq 0 ]
