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

/* Up to 15 digits times or over a power of ten that double holds exactly: one rounding, so the
 * result is the correctly rounded one (Clinger 1990). */
static bool parse_fast(double *out, const char *s, const char *end)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const bool negative = *s == '-';
    if (*s == '-' || *s == '+') s++;
    uint64_t mantissa = 0;
    int digits = 0, after_point = 0;
    bool point = false, any = false;
    for (; s < end; s++) {
        if (*s == '.' && !point) {
            point = true;
            continue;
        }
        if (*s < '0' || *s > '9') return false;
        any = true;
        if (digits || *s != '0') digits++;
        if (digits > 15) return false;
        mantissa = mantissa * 10 + (uint64_t)(*s - '0');
        after_point += point;
    }
    if (!any || after_point > 22) return false;
    const double x = (double)mantissa / power[after_point];
    *out = negative ? -x : x;
    return true;
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
