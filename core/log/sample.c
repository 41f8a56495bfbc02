#include "log/sample.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_MAX ((size_t)10) /* values on each side up to which the distribution of U is counted out */

/* A number that looks random and follows from `n` alone (the finaliser of MurmurHash3). */
static uint32_t scatter(uint32_t n)
{
	n ^= n >> 16;
	n *= 0x85ebca6bu;
	n ^= n >> 13;
	n *= 0xc2b2ae35u;
	return n ^ n >> 16;
}

void sample_add(struct sample *sample, double value)
{
	const float small = (float)value;

	if (sample->count == 0 || small < sample->smallest)
		sample->smallest = small;
	if (sample->count == 0 || small > sample->largest)
		sample->largest = small;
	const uint32_t place =
	    sample->count < SAMPLE_MAX ? sample->count : scatter(sample->count) % (sample->count + 1);
	if (place < SAMPLE_MAX)
		sample->values[place] = small;
	if (sample->count < UINT32_MAX)
		sample->count++;
}

size_t sample_size(const struct sample *sample)
{
	return sample->count < SAMPLE_MAX ? sample->count : SAMPLE_MAX;
}

static int by_size(const void *a, const void *b)
{
	const float *left = a;
	const float *right = b;

	return (*left > *right) - (*left < *right);
}

double sample_quantile(const struct sample *sample, double share)
{
	const size_t size = sample_size(sample);
	float sorted[SAMPLE_MAX];

	if (size == 0)
		return NAN;
	memcpy(sorted, sample->values, size * sizeof sorted[0]);
	qsort(sorted, size, sizeof sorted[0], by_size);
	const double at = share * (double)(size - 1);
	const size_t below = (size_t)at;
	const size_t above = below + 1 < size ? below + 1 : below;
	return sorted[below] + (sorted[above] - sorted[below]) * (at - (double)below);
}

/* In how many of all orders of n and m values U is at least u: by the last value, which belongs to one side or the other. */
static double orders_at_least(size_t n, size_t m, double u)
{
	/* ways[i][j][k]: orders of i and j values with U = k */
	static double ways[EXACT_MAX + 1][EXACT_MAX + 1][EXACT_MAX * EXACT_MAX + 1];
	double all = 0, reached = 0;

	memset(ways, 0, sizeof ways);
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++)
			for (size_t k = 0; k <= i * j; k++) {
				double sum = i == 0 || j == 0 ? k == 0 : 0;
				if (i > 0 && j > 0) {
					sum = k >= j ? ways[i - 1][j][k - j] : 0;
					sum += ways[i][j - 1][k];
				}
				ways[i][j][k] = sum;
			}
	for (size_t k = 0; k <= n * m; k++) {
		all += ways[n][m][k];
		if ((double)k >= u)
			reached += ways[n][m][k];
	}
	return reached / all;
}

/* The sum of t^3 - t over the groups of t equal values, by which ties narrow the distribution of U. */
static double tied(const struct sample *a, const struct sample *b)
{
	const size_t n = sample_size(a), all = n + sample_size(b);
	float sorted[2 * SAMPLE_MAX];
	double sum = 0;

	memcpy(sorted, a->values, n * sizeof sorted[0]);
	memcpy(sorted + n, b->values, (all - n) * sizeof sorted[0]);
	qsort(sorted, all, sizeof sorted[0], by_size);
	for (size_t i = 0, next; i < all; i = next) {
		for (next = i + 1; next < all && by_size(&sorted[i], &sorted[next]) == 0; next++)
			;
		const double group = (double)(next - i);
		sum += group * group * group - group;
	}
	return sum;
}

double sample_larger(const struct sample *a, const struct sample *b)
{
	const size_t n = sample_size(a), m = sample_size(b);
	double u = 0;
	bool ties = false;

	if (n == 0 || m == 0)
		return 1;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++) {
			u += a->values[i] > b->values[j] ? 1 : a->values[i] < b->values[j] ? 0 : 0.5;
			ties = ties || !(a->values[i] > b->values[j] || a->values[i] < b->values[j]);
		}
	if (!ties && n <= EXACT_MAX && m <= EXACT_MAX)
		return orders_at_least(n, m, u);
	const double all = (double)(n + m);
	const double variance = (double)(n * m) / 12 * (all + 1 - tied(a, b) / (all * (all - 1)));
	/* Without any spread there is nothing to compare. */
	return variance <= 0 ? 1 : 0.5 * erfc((u - 0.5 - (double)(n * m) / 2) / sqrt(variance) / sqrt(2));
}
