/* SPDX-License-Identifier: Apache-2.0
 *
 * xoshiro256** 1.0 and splitmix64: Blackman & Vigna, ACM Trans Math Softw 2021;47:36.
 */
#include <dlrn/base.h>

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void dlrn_rng_seed(dlrn_rng *r, uint64_t seed, uint64_t stream)
{
    uint64_t a = seed, b = stream ^ 0x6a09e667f3bcc909u;
    const uint64_t mixed_seed = splitmix(&a), mixed_stream = splitmix(&b);
    uint64_t x = mixed_seed ^ (mixed_stream * 0xd1342543de82ef95u + 1);
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix(&x);
    r->spare = 0;
    r->has_spare = false;
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t dlrn_rng_next(dlrn_rng *r)
{
    uint64_t *s = r->s;
    const uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double dlrn_rng_uniform(dlrn_rng *r)
{
    return (double)(dlrn_rng_next(r) >> 11) * 0x1p-53;
}

uint64_t dlrn_rng_below(dlrn_rng *r, uint64_t n)
{
    const uint64_t excess = (UINT64_MAX % n + 1) % n; // values past the last whole multiple of n
    uint64_t x;
    do
        x = dlrn_rng_next(r);
    while (x > UINT64_MAX - excess);
    return x % n;
}

double dlrn_rng_normal(dlrn_rng *r)
{
    if (r->has_spare) {
        r->has_spare = false;
        return r->spare;
    }
    double u, v, q; // Marsaglia's polar method
    do {
        u = 2 * dlrn_rng_uniform(r) - 1;
        v = 2 * dlrn_rng_uniform(r) - 1;
        q = u * u + v * v;
    } while (q >= 1 || q == 0);
    const double f = sqrt(-2 * log(q) / q);
    r->spare = v * f;
    r->has_spare = true;
    return u * f;
}

void dlrn_rng_shuffle(dlrn_rng *r, size_t *v, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = (size_t)dlrn_rng_below(r, i), t = v[i - 1];
        v[i - 1] = v[j];
        v[j] = t;
    }
}
