#!/bin/sh
#
# dist.sh SOURCE-FOLDER NAME - writes NAME.tar.gz with the sources below NAME/
#
# What git knows is the source; in an unpacked tarball, where there is no git, it is all that no build has made.

set -eu

source=$1 name=$2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

sources() {
	if [ -e "$source/.git" ]; then
		git -C "$source" ls-files
	else
		(cd "$source" && find . -type f) | sed 's|^\./||' |
			grep -vE '^(obj|coverage|build[^/]*)/|^(Makefile|config\.(mk|log)|smtpdx|libsmtpdx\.a|.*\.tar\.gz)$'
	fi
}

mkdir "$folder/$name"
sources | LC_ALL=C sort >"$folder/list"
tar -C "$source" -cf - -T "$folder/list" | tar -C "$folder/$name" -xf -
tar -C "$folder" -cf "$folder/$name.tar" "$name"
gzip -9 -n "$folder/$name.tar"
mv "$folder/$name.tar.gz" .
