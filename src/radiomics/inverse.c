/* SPDX-License-Identifier: Apache-2.0
 *
 * The inverse from singular values, V diag(1/s) U', by the method that LINPACK publishes (Dongarra,
 * Bunch, Moler and Stewart, LINPACK Users' Guide, chapter 11): reflections to two diagonals, then
 * QR steps with a shift. ITK inverts so, hence every sum and quotient keeps the order given there.
 */
#include "radiomics/inverse.h"

#include <math.h>
#include <string.h>

enum { MOST = 3, MAX_STEPS = 1000 };

/* Matrices by columns. x = u b v', b with the diagonal s and above it e. */
typedef struct factors {
    int n;
    double x[MOST][MOST], u[MOST][MOST], v[MOST][MOST];
    double s[MOST], e[MOST];
} factors;

/* Scaled by the largest so far, as the first BLAS had it. */
static double norm(const double *x, int n)
{
    double scale = 0, sum = 1;
    if (n == 1) return fabs(x[0]);
    for (int i = 0; i < n; i++) {
        const double a = fabs(x[i]);
        if (a == 0) continue;
        if (scale < a) {
            sum = 1 + sum * ((scale / a) * (scale / a));
            scale = a;
        } else {
            sum += (a / scale) * (a / scale);
        }
    }
    return scale * sqrt(sum);
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add(double *to, double factor, const double *v, int n)
{
    for (int i = 0; i < n; i++)
        to[i] += factor * v[i];
}

/* Makes of x the vector of the reflection that takes it to the first axis; returns where to. */
static double make_reflection(double *x, int n)
{
    double s = norm(x, n);
    if (s == 0) return 0;
    if (x[0] != 0) s = copysign(s, x[0]);
    const double factor = 1 / s;
    for (int i = 0; i < n; i++)
        x[i] *= factor;
    x[0] += 1;
    return -s;
}

static void reflect(double *x, const double *reflection, int n)
{
    add(x, -dot(reflection, x, n) / reflection[0], reflection, n);
}

/* Reflects the rows that are left below row l by the reflection in e. */
static void reflect_rows(factors *f, int l)
{
    double work[MOST] = {0};
    const int first = l + 1, n = f->n - first;
    for (int j = first; j < f->n; j++)
        add(work, f->e[j], f->x[j] + first, n);
    for (int j = first; j < f->n; j++)
        add(f->x[j] + first, -f->e[j] / f->e[first], work, n);
}

/* The columns of u and v keep the reflections' vectors until the rotations need them whole. */
static void bidiagonalise(factors *f)
{
    const int n = f->n;
    for (int l = 0; l < n - 1; l++) {
        const int next = l + 1;
        f->s[l] = make_reflection(f->x[l] + l, n - l);
        for (int j = next; j < n; j++) {
            if (f->s[l] != 0) reflect(f->x[j] + l, f->x[l] + l, n - l);
            f->e[j] = f->x[j][l];
        }
        memcpy(f->u[l] + l, f->x[l] + l, (size_t)(n - l) * sizeof(double));
        if (l >= n - 2) continue;
        f->e[l] = make_reflection(f->e + next, n - next);
        if (f->e[l] != 0) reflect_rows(f, l);
        memcpy(f->v[l] + next, f->e + next, (size_t)(n - next) * sizeof(double));
    }
    f->s[n - 1] = f->x[n - 1][n - 1];
    if (n > 1) f->e[n - 2] = f->x[n - 1][n - 2];
    f->e[n - 1] = 0;
}

static void unit(double *column, int at)
{
    memset(column, 0, MOST * sizeof *column);
    column[at] = 1;
}

static void multiply_reflections(factors *f)
{
    const int n = f->n;
    unit(f->u[n - 1], n - 1);
    for (int l = n - 2; l >= 0; l--) {
        double *own = f->u[l];
        if (f->s[l] == 0) {
            unit(own, l);
            continue;
        }
        for (int j = l + 1; j < n; j++)
            reflect(f->u[j] + l, own + l, n - l);
        for (int i = 0; i < n; i++)
            own[i] = i < l ? 0 : -own[i];
        own[l] += 1;
    }
    for (int l = n - 1; l >= 0; l--) {
        const int next = l + 1;
        if (l < n - 2 && f->e[l] != 0)
            for (int j = next; j < n; j++)
                reflect(f->v[j] + next, f->v[l] + next, n - next);
        unit(f->v[l], l);
    }
}

/* The rotation that takes (*a, b) to (*a, 0). */
static void make_rotation(double *a, double b, double *c, double *s)
{
    const double scale = fabs(*a) + fabs(b);
    *c = 1;
    *s = 0;
    if (scale == 0) {
        *a = 0;
        return;
    }
    const double x = *a / scale, y = b / scale;
    const double r = copysign(scale * sqrt(x * x + y * y), fabs(*a) > fabs(b) ? *a : b);
    *c = *a / r;
    *s = b / r;
    *a = r;
}

static void rotate(double *a, double *b, int n, double c, double s)
{
    for (int i = 0; i < n; i++) {
        const double t = c * a[i] + s * b[i];
        b[i] = c * b[i] - s * a[i];
        a[i] = t;
    }
}

/* The shift's part in the first rotation of a step over the rows l to m. */
static void first_rotation(const factors *f, int l, int m, double *at, double *beside)
{
    const double *s = f->s, *e = f->e;
    const double scale =
        fmax(fmax(fmax(fabs(s[m]), fabs(s[m - 1])), fabs(e[m - 1])), fmax(fabs(s[l]), fabs(e[l])));
    const double sm = s[m] / scale, before = s[m - 1] / scale, off = e[m - 1] / scale;
    const double sl = s[l] / scale, el = e[l] / scale;
    const double b = ((before + sm) * (before - sm) + off * off) / 2;
    const double c = (sm * off) * (sm * off);
    double shift = 0;
    if (b != 0 || c != 0) {
        shift = sqrt(b * b + c);
        if (b < 0) shift = -shift;
        shift = c / (b + shift);
    }
    *at = (sl + sm) * (sl - sm) + shift;
    *beside = sl * el;
}

static void qr_step(factors *f, int l, int m)
{
    double at, beside, c, sn;
    double *s = f->s, *e = f->e;
    first_rotation(f, l, m, &at, &beside);
    for (int k = l; k < m; k++) {
        make_rotation(&at, beside, &c, &sn);
        if (k != l) e[k - 1] = at;
        at = c * s[k] + sn * e[k];
        e[k] = c * e[k] - sn * s[k];
        beside = sn * s[k + 1];
        s[k + 1] = c * s[k + 1];
        rotate(f->v[k], f->v[k + 1], f->n, c, sn);
        make_rotation(&at, beside, &c, &sn);
        s[k] = at;
        at = c * e[k] + sn * s[k + 1];
        s[k + 1] = -sn * e[k] + c * s[k + 1];
        beside = sn * e[k + 1];
        e[k + 1] = c * e[k + 1];
        rotate(f->u[k], f->u[k + 1], f->n, c, sn);
    }
    e[m - 1] = at;
}

/* Rows l to m are the last block whose e do not vanish beside the diagonal. */
static int block_start(factors *f, int m)
{
    for (int l = m - 1; l >= 0; l--) {
        const double beside = fabs(f->s[l]) + fabs(f->s[l + 1]);
        if (beside + fabs(f->e[l]) == beside) {
            f->e[l] = 0;
            return l + 1;
        }
    }
    return 0;
}

static bool diagonal_vanishes(const factors *f, int l, int m)
{
    for (int k = l; k <= m; k++) {
        const double beside = (k != m ? fabs(f->e[k]) : 0) + (k != l ? fabs(f->e[k - 1]) : 0);
        if (beside + fabs(f->s[k]) == beside) return true;
    }
    return false;
}

static void swap(double *a, double *b, int n)
{
    for (int i = 0; i < n; i++) {
        const double t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
}

/* A value that is found becomes positive and goes to its place among those found before. */
static void settle(factors *f, int l)
{
    const int n = f->n;
    if (f->s[l] < 0) {
        f->s[l] = -f->s[l];
        for (int i = 0; i < n; i++)
            f->v[l][i] = -f->v[l][i];
    }
    for (; l < n - 1 && f->s[l] < f->s[l + 1]; l++) {
        swap(f->s + l, f->s + l + 1, 1);
        swap(f->v[l], f->v[l + 1], n);
        swap(f->u[l], f->u[l + 1], n);
    }
}

static bool diagonalise(factors *f)
{
    int steps = 0;
    for (int m = f->n - 1; m >= 0;) {
        const int l = block_start(f, m);
        if (l == m) {
            settle(f, m);
            steps = 0;
            m--;
        } else if (steps++ == MAX_STEPS || diagonal_vanishes(f, l, m)) {
            return false;
        } else {
            qr_step(f, l, m);
        }
    }
    return f->s[f->n - 1] > 0;
}

bool dlrn_inverse_by_svd(double out[9], const double m[9], int n)
{
    factors f = {.n = n};
    for (int c = 0; c < n; c++)
        for (int r = 0; r < n; r++)
            f.x[c][r] = m[MOST * r + c];
    bidiagonalise(&f);
    multiply_reflections(&f);
    if (!diagonalise(&f)) return false;
    for (int r = 0; r < MOST; r++)
        for (int c = 0; c < MOST; c++) {
            double sum = r == c && r >= n;
            if (r < n && c < n)
                for (int k = 0; k < n; k++)
                    sum += f.v[k][r] * (1 / f.s[k]) * f.u[k][c];
            out[MOST * r + c] = sum;
        }
    return true;
}
