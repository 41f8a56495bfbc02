#!/bin/sh
#
# install.sh MODE FROM TO - installs one file
#
# Copied beside its place and renamed, so that nobody ever starts half a program.

set -eu

mode=$1 from=$2 to=$3

mkdir -p "$(dirname "$to")"
new=$to.new.$$
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
cp "$from" "$new"
chmod "$mode" "$new"
mv -f "$new" "$to"
