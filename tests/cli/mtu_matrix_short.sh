#!/bin/sh
#
# The mtu check over paths of 1 and 2 routers, in every combination (see netns/matrix.sh).
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"
. "${0%/*}/../netns/matrix.sh"

netns_enter 'the mtu check over paths of 1 and 2 routers'
check_matrix 1 2
finish
