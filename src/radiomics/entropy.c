/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/entropy.h"

#include <math.h>

double dlrn_entropy_term(double p)
{
    return -p * log2(p + 0x1p-52);
}

double dlrn_entropy_sum(const dlrn_entropy *e)
{
    double sum = e->rest;
    for (uint32_t c = 1; c < DLRN_ENTROPY_OFTEN; c++)
        if (e->often[c] > 0) sum += e->often[c] * dlrn_entropy_term(c / e->total);
    return sum;
}
