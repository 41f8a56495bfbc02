#include "checks/mtu/sizes.h"

#include <stdbool.h>

/* In rising order: X.25; RFC 8200's least; tunnels over tunnels; WireGuard, VXLAN, L2TP, GRE, 6in4, PPPoE; FDDI; jumbo. */
static const int common[] = {
    552,  576,  1006, 1280, 1300, 1360, 1380, 1400, 1420, 1430, 1436, 1440, 1450, 1454, 1460, 1472,
    1476, 1480, 1492, 1500, 4352, 4470, 8000, 8900, 8950, 8970, 8981, 8992, 9000, 9001, 9180, 9216,
};

static const size_t common_count = sizeof common / sizeof common[0];

static bool is_common(int size)
{
	for (size_t i = 0; i < common_count; i++)
		if (common[i] == size)
			return true;
	return false;
}

int sizes_next(int passes, int fails, int hint)
{
	size_t first = 0, end;

	if (fails - passes <= 1)
		return 0;
	if (passes < hint && hint < fails)
		return hint;
	if (passes == hint)
		return passes + 1;
	while (first < common_count && common[first] <= passes)
		first++;
	for (end = first; end < common_count && common[end] < fails;)
		end++;
	if (end > first)
		return common[first + (end - first) / 2];
	return is_common(passes) ? passes + 1 : passes + (fails - passes) / 2;
}

/* Common sizes that lie between the two, each with the one above it. */
static size_t common_ladder(int passes, int fails, int *sizes, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < common_count && count + 2 <= room; i++) {
		if (common[i] > passes && common[i] < fails && (count == 0 || sizes[count - 1] < common[i]))
			sizes[count++] = common[i];
		if (common[i] >= passes && common[i] + 1 < fails)
			sizes[count++] = common[i] + 1;
	}
	return count;
}

size_t sizes_ladder(int passes, int fails, int *sizes, size_t room)
{
	const int between = fails - passes - 1;
	size_t count = common_ladder(passes, fails, sizes, room);

	if (between <= 0)
		return 0;
	if (count >= 4)
		return count;
	/* Even steps, or all sizes where they are few enough. */
	count = (size_t)between < room ? (size_t)between : room;
	for (size_t i = 0; i < count; i++)
		sizes[i] = passes + (int)((i + 1) * (size_t)(between + 1) / (count + 1));
	return count;
}
