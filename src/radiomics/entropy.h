/* SPDX-License-Identifier: Apache-2.0
 *
 * PyRadiomics' entropies, of probabilities and of counts.
 */
#ifndef DLRN_RADIOMICS_ENTROPY_H
#define DLRN_RADIOMICS_ENTROPY_H

#include <dlrn/base.h>

/* -p log2(p + eps), eps = 2^-52 */
double dlrn_entropy_term(double p);

enum { DLRN_ENTROPY_OFTEN = 256 };

/* Sum of the terms of many counts with one total; those of small whole counts share a logarithm. */
typedef struct dlrn_entropy {
    double total;
    double rest;                      /* terms of the other counts */
    double often[DLRN_ENTROPY_OFTEN]; /* how often each small count occurs */
} dlrn_entropy;

static inline void dlrn_entropy_add(dlrn_entropy *e, double count, double times)
{
    const uint32_t whole = count < DLRN_ENTROPY_OFTEN ? (uint32_t)count : 0;
    if (whole == count)
        e->often[whole] += times;
    else
        e->rest += times * dlrn_entropy_term(count / e->total);
}

double dlrn_entropy_sum(const dlrn_entropy *e);

#endif
