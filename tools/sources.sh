#!/bin/sh
#
# sources.sh FOLDER - lists the source files of the tree, relative to it
#
# What git knows (or would take) is the source; in an unpacked tarball, without git, it is all that no build has made.

set -eu

cd "$1"
if [ -e .git ]; then
	git ls-files --cached --others --exclude-standard | while read -r file; do
		if [ -f "$file" ]; then printf '%s\n' "$file"; fi
	done
else
	find . -type f | sed 's|^\./||' |
		grep -vE '^(obj|coverage|build[^/]*)/|^(Makefile|config\.(mk|log)|smtpdx|libsmtpdx\.a|.*\.tar\.gz)$'
fi | LC_ALL=C sort
