/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as text, in any locale; the nearest word.
 */
#include <dlrn/base.h>

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static double c_strtod(const char *s, char **end)
{
    pthread_once(&c_locale_once, make_c_locale);
    return c_locale ? strtod_l(s, end, c_locale) : strtod(s, end);
}

/* snprintf knows only the thread's locale: undo its decimal comma. */
static void print_g(char buf[32], int digits, double x)
{
    snprintf(buf, 32, "%.*g", digits, x);
    char *comma = strchr(buf, ',');
    if (comma) *comma = '.';
}

char *dlrn_format_double(char buf[32], double x)
{
    if (isnan(x)) {
        memcpy(buf, "nan", 4);
        return buf;
    }
    if (x == rint(x) && fabs(x) < 1e15) {
        snprintf(buf, 32, "%s%lld", x == 0 && signbit(x) ? "-" : "", (long long)x);
        return buf;
    }
    // a decimal of at most 15 digits survives the way to double and back, so if any short form
    // reads back as x, %.15g prints it
    for (int digits = 15; digits <= 17; digits++) {
        print_g(buf, digits, x);
        if (c_strtod(buf, NULL) == x) break;
    }
    return buf;
}

/* A decimal number as it is written: digits, without their point, times a power of ten. */
typedef struct decimal {
    uint64_t digits; /* 19 at most */
    int power;
    bool negative;
} decimal;

static bool read_exponent(int *out, const char *s, const char *end)
{
    int e = 0;
    const bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    if (s == end || end - s > 4) return false;
    for (; s < end; s++) {
        if (*s < '0' || *s > '9') return false;
        e = e * 10 + (*s - '0');
    }
    *out = negative ? -e : e;
    return true;
}

/* Appends the digits at s to *m, which wraps where they are too many; returns their end. */
static const char *read_digits(uint64_t *m, const char *s, const char *end)
{
    uint64_t sum = *m;
    for (; s < end && (unsigned)(*s - '0') <= 9; s++)
        sum = sum * 10 + (uint64_t)(*s - '0');
    *m = sum;
    return s;
}

/* False where it is no number, or one of more digits. */
static bool read_decimal(decimal *out, const char *s, const char *end)
{
    decimal d = {.negative = *s == '-'};
    int exponent = 0;
    if (end - s > 400) return false;
    if (*s == '-' || *s == '+') s++;
    const char *start = s, *point = NULL;
    s = read_digits(&d.digits, s, end);
    if (s < end && *s == '.') {
        point = s++;
        s = read_digits(&d.digits, s, end);
        d.power = (int)(point + 1 - s);
    }
    if (s - start == (point != NULL)) return false;
    const char *stop = s;
    while (start < stop && (*start == '0' || *start == '.')) // they are no digits of the product
        start++;
    if (stop - start - (point && start < point) > 19) return false;
    if (s < end && ((*s != 'e' && *s != 'E') || !read_exponent(&exponent, s + 1, end)))
        return false;
    d.power += exponent;
    *out = d;
    return true;
}

__extension__ typedef unsigned __int128 wide;

/* The double nearest to (m + a little where `more`) 2^power, m >= 2^55: half to even. */
static double round_to_double(uint64_t m, bool more, int power)
{
    const int drop = 11 - __builtin_clzll(m); // 53 bits stay
    const uint64_t half = (uint64_t)1 << (drop - 1), rest = m & (2 * half - 1);
    m >>= drop;
    if (rest > half || (rest == half && (more || (m & 1)))) m++;
    const uint64_t bits = (uint64_t)(1023 + power + drop)
                          << 52; // 2^(power + drop), a normal number
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return (double)m * scale;
}

/* Digits times or over a power of ten that 64 bits hold: a product or quotient of whole numbers,
 * then one rounding, so the result is the correctly rounded one. */
static bool scale_decimal(double *out, const decimal *d)
{
    static const double exact[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    enum { EXACT = 15, MOST = 19 };
    const int places = d->power < 0 ? -d->power : d->power;
    if (places > MOST) return false;
    const uint64_t ten =
        places > EXACT ? (uint64_t)exact[places - 10] * 10000000000u : (uint64_t)exact[places];
    double x;
    if (d->digits <= (uint64_t)1 << 53 && d->power <= 0 && places <= EXACT) {
        x = (double)d->digits / exact[places];
    } else if (d->digits == 0) {
        x = 0;
    } else if (d->power >= 0) {
        const wide product = (wide)d->digits * ten;
        const uint64_t high = (uint64_t)(product >> 64);
        const int up = high ? __builtin_clzll(high) : 64; // the first bit comes to stand first
        const wide whole = product << up;
        x = high ? round_to_double((uint64_t)(whole >> 64), (uint64_t)whole != 0, 64 - up)
                 : (double)(uint64_t)product;
    } else {
        // both with their first bit set, the dividend one place lower: the quotient has 63 bits
        const int up = __builtin_clzll(d->digits), down = __builtin_clzll(ten);
        const wide dividend = (wide)(d->digits << up) << 63;
        const uint64_t divisor = ten << down, quotient = (uint64_t)(dividend / divisor);
        x = round_to_double(quotient, dividend != (wide)quotient * divisor, down - up - 63);
    }
    *out = d->negative ? -x : x;
    return true;
}

static bool parse_fast(double *out, const char *s, const char *end)
{
    decimal d;
    return read_decimal(&d, s, end) && scale_decimal(out, &d);
}

static bool is_special(double *out, const char *s)
{
    const bool negative = *s == '-';
    if (*s == '-' || *s == '+') s++;
    if (!strcasecmp(s, "nan"))
        *out = (double)NAN;
    else if (!strcasecmp(s, "inf") || !strcasecmp(s, "infinity"))
        *out = negative ? -(double)INFINITY : (double)INFINITY;
    else
        return false;
    return true;
}

bool dlrn_parse_double(double *out, const char *s, size_t n)
{
    const char *end = s + n;
    while (s < end && isspace((unsigned char)*s))
        s++;
    while (end > s && isspace((unsigned char)end[-1]))
        end--;
    if (s == end) return false;
    if (parse_fast(out, s, end)) return true;
    char text[400], *stop;
    n = (size_t)(end - s);
    if (n >= sizeof text) return false;
    memcpy(text, s, n);
    text[n] = '\0';
    if (is_special(out, text)) return true;
    // strtod also takes hexadecimal and nan(...), which no table means
    if (strspn(text, "+-.0123456789eE") != n) return false;
    *out = c_strtod(text, &stop);
    return *stop == '\0';
}

static size_t edit_distance(const char *a, const char *b)
{
    size_t row[64];
    const size_t na = strlen(a), nb = strlen(b);
    if (nb >= 63 || na >= 63) return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t above = row[j];
            const bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + !same;
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[nb];
}

const char *dlrn_nearest(const char *word, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 1;
    for (size_t i = 0; i < n; i++) {
        const size_t d = edit_distance(word, names[i]);
        const bool akin = d < strlen(names[i]); // some letter in common
        if (akin && d <= least && (!nearest || d < least)) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}
