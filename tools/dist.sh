#!/bin/sh
#
# dist.sh SOURCE-FOLDER NAME - writes NAME.tar.gz with the sources below NAME/

set -eu

source=$1 name=$2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$folder/$name"
sh "$(dirname "$0")/sources.sh" "$source" >"$folder/list"
tar -C "$source" -cf - -T "$folder/list" | tar -C "$folder/$name" -xf -
tar -C "$folder" -cf "$folder/$name.tar" "$name"
gzip -9 -n "$folder/$name.tar"
mv "$folder/$name.tar.gz" "$name.tar.gz.new"
mv "$name.tar.gz.new" "$name.tar.gz"
