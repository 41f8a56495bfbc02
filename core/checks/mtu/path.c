#include "checks/mtu/path.h"

#include "model/target.h"

#include <math.h>

/* The hop whose answer a probe wanted: with the target's TTL it is the last one. */
static int aimed_at(const struct path *path, const struct probe *probe)
{
	return probe->ttl == TTL_TARGET ? path->last : probe->ttl;
}

static bool is_of(const struct path *path, const struct probe *probe)
{
	return probe->kind == path->kind && probe->asked > 0 && address_equal(&probe->to, &path->prober->target) &&
	       (probe->ttl != TTL_TARGET || path->ends_at_target || probe->answer == PROBE_TOO_BIG);
}

static bool reached(const struct probe *probe)
{
	return probe->answer == PROBE_HOP || probe->answer == PROBE_ARRIVED || probe->answer == PROBE_BARRED;
}

/* The smallest size above `above` for this hop that met the answer; 0: none did. */
static int least(const struct path *path, int number, enum probe_answer answer, int above)
{
	int size = 0;

	for (size_t i = 0; i < path->prober->count; i++) {
		const struct probe *probe = &path->prober->probes[i];
		if (is_of(path, probe) && aimed_at(path, probe) == number && probe->answer == answer &&
		    probe->size > above && (size == 0 || probe->size < size))
			size = probe->size;
	}
	return size;
}

void path_hop(const struct path *path, int number, struct hop *hop)
{
	*hop = (struct hop){.number = number, .delay = INFINITY};
	for (size_t i = 0; i < path->prober->count; i++) {
		const struct probe *probe = &path->prober->probes[i];
		if (!is_of(path, probe) || !reached(probe) || aimed_at(path, probe) < number)
			continue;
		if (probe->size > hop->passed)
			hop->passed = probe->size;
		if (aimed_at(path, probe) == number) {
			hop->address = probe->from;
			hop->delay = fmin(hop->delay, probe->delay);
		}
	}
	hop->refused = least(path, number, PROBE_TOO_BIG, 0);
	if (hop->address.ss_family != AF_UNSPEC)
		hop->silent = least(path, number, PROBE_SILENT, hop->passed);
}

/* The first hop for which a packet of that size was refused by ICMP, and by whom; 0: none was. */
static int refused_at(const struct path *path, int size, struct sockaddr_storage *by)
{
	int first = 0;

	for (size_t i = 0; i < path->prober->count; i++) {
		const struct probe *probe = &path->prober->probes[i];
		if (!is_of(path, probe) || probe->answer != PROBE_TOO_BIG || probe->size != size)
			continue;
		if (first == 0 || aimed_at(path, probe) < first) {
			first = aimed_at(path, probe);
			*by = probe->from;
		}
	}
	return first;
}

void path_link(const struct path *path, int size, struct link *link)
{
	struct sockaddr_storage by;
	const int refused = refused_at(path, size, &by);
	struct hop hop;

	*link = (struct link){.by_icmp = refused > 0};
	if (refused > 0)
		link->near = (struct hop){.number = refused - 1, .address = by};
	for (int number = link->near.number + 1; number <= path->last; number++) {
		path_hop(path, number, &hop);
		if (hop.address.ss_family == AF_UNSPEC)
			continue;
		if (hop.passed < size) {
			link->far = hop;
			return;
		}
		if (refused == 0)
			link->near = hop;
	}
}

int path_distance(int back_ttl)
{
	const int begins_at = back_ttl <= 64 ? 64 : back_ttl <= 128 ? 128 : 255;

	return begins_at - back_ttl + 1;
}
