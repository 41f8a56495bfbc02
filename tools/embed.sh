#!/bin/sh
#
# embed.sh FOLDER FILE... - prints a C file that contains the files, to be found by core/base/helpfile.c
#
# Numbers and not strings: C11 promises no more than 4095 characters in a literal.

set -eu

folder=$1
shift

echo '/* Made by tools/embed.sh. */'
echo '#include "base/helpfile_embedded.h"'

count=0
table=
for file; do
	printf '\nstatic const unsigned char file_%d[] = {\n' "$count"
	od -An -v -tu1 "$folder/$file" | sed 's/[0-9][0-9]*/&,/g'
	printf '0};\n'
	table="$table	{.name = \"$file\", .bytes = file_$count, .size = sizeof file_$count - 1},
"
	count=$((count + 1))
done

printf '\nconst struct embedded_file embedded_files[] = {\n%s	{.name = 0},\n};\n' "$table"
printf 'const size_t embedded_count = %d;\n' "$count"
