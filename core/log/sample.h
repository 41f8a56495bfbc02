/*
 * sample - the spread of a number that comes a million times, in a few bytes
 *
 * Count, smallest and largest are exact; quantiles come from a uniform sample of SAMPLE_MAX values (Vitter's algorithm R
 * with a fixed seed, so the same log gives the same report).
 */
#ifndef SMTPDX_LOG_SAMPLE_H
#define SMTPDX_LOG_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_MAX 32

struct sample {
	uint32_t count;
	float smallest, largest;
	float values[SAMPLE_MAX]; /* the first count of them, at most SAMPLE_MAX */
};

void sample_add(struct sample *sample, double value);
size_t sample_size(const struct sample *sample);

/* share 0.5 is the median. NAN when the sample is empty. */
double sample_quantile(const struct sample *sample, double share);

/*
 * The chance that values of `a` would be as much larger than those of `b` as they are, if both came from the same source
 * (Mann-Whitney U test, one-sided; exact without ties up to 10 values on each side, otherwise the normal approximation).
 * 1 when one of them is empty.
 */
double sample_larger(const struct sample *a, const struct sample *b);

#endif
