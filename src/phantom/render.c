/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawing of a lateral spine: analytic outlines, layered signs, filtered noise as trabeculae, and
 * the film's blur, noise and contrast.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phantom/scene.h"

/* exp(-e / 2), where it is more than the last digit of any light. */
static double fall(double e)
{
    return e > 90 ? 0 : exp(-0.5 * e);
}

static double bump(double x, double at, double width)
{
    const double d = (x - at) / width;
    return fall(d * d);
}

/* bump() in both directions. */
static double spot(double x, double y, const double at[2], const double width[2])
{
    const double dx = (x - at[0]) / width[0], dy = (y - at[1]) / width[1];
    return fall(dx * dx + dy * dy);
}

static double smooth_step(double x, double width)
{
    const double t = x / width;
    if (fabs(t) > 22) return t > 0; // where tanh has reached its end
    return 0.5 * (1 + tanh(t));
}

/* Two distances to the inside, joined by a corner of radius r. */
static double corner(double a, double b, double r)
{
    if (a >= r || b >= r || r <= 0) return a < b ? a : b;
    return r - hypot(r - a, r - b);
}

/* Where a point lies in a body: distance inward from the outline (negative outside) and from the
 * upper and lower endplate. */
typedef struct place {
    double inside_mm, top_mm, bottom_mm, front_mm, u, v;
} place;

static place locate(const phantom_body *b, double x, double y)
{
    const double c = b->cos_a, s = b->sin_a;
    const double dx = x - b->x_mm, dy = y - b->y_mm;
    place p = {.u = -(c * dx + s * dy), .v = -s * dx + c * dy}; // the front is to the left
    const double half = b->depth_mm / 2, t = p.u / half;
    const double clipped = t < -1.2 ? -1.2 : t > 1.2 ? 1.2 : t;
    // loss of height along the endplate: 0 at the rear, middle and front as told
    const double front = 1 - b->front, middle = 1 - b->middle;
    const double loss =
        b->height_mm * (front * clipped * (clipped + 1) / 2 + middle * (1 - clipped * clipped));
    const double concave = 0.9 * (1 - clipped * clipped);
    const double top = -b->height_mm / 2 + 0.8 * loss + concave;
    const double bottom = b->height_mm / 2 - 0.2 * loss - concave;
    const double w = p.v / (b->height_mm / 2);
    const double waist = 1.3 * (1 - w * w);
    double wall = half - (waist > 0 ? waist : 0);
    wall += b->step_mm * bump(p.v, top + 2.2, 1.3);
    const double spur = exp(-fabs(p.v - bottom + 0.5) / 1.6) + exp(-fabs(p.v - top - 0.5) / 1.6);
    wall += b->osteophyte_mm * spur;
    p.top_mm = p.v - top;
    p.bottom_mm = bottom - p.v;
    p.front_mm = wall - p.u;
    const double rear = p.u + half - (waist > 0 ? waist * 0.8 : 0);
    const double across = p.front_mm < rear ? p.front_mm : rear;
    const double along = p.top_mm < p.bottom_mm ? p.top_mm : p.bottom_mm;
    p.inside_mm = corner(across, along, b->corner_mm);
    return p;
}

/* Brightness that the body adds at a point; `grain` is the trabecular noise there. */
static double body_light(const phantom_body *b, const place *p, double grain)
{
    if (p->inside_mm < -1.5) return 0;
    const double edge = smooth_step(p->inside_mm, 0.22);
    double light = 0.30 + 0.02 * tanh(p->inside_mm / 4) + grain;
    light += 0.13 * bump(p->inside_mm, 0.45, 0.4); // cortex
    light += 0.07 * (bump(p->top_mm, 0.6, 0.45) + bump(p->bottom_mm, 0.6, 0.45));
    light += 0.30 * b->band * bump(p->top_mm, b->band_at_mm, b->band_mm / 2.2);
    light += 0.30 * b->sclerosis *
             (exp(-fmax(p->top_mm, 0) / b->sclerosis_mm) +
              0.6 * exp(-fmax(p->bottom_mm, 0) / b->sclerosis_mm));
    const double slope = p->top_mm - 0.18 * p->u;
    light -= 0.30 * b->line * bump(slope, b->band_at_mm + 2.5, 0.22) *
             smooth_step(p->u + b->depth_mm * 0.1, 1.5);
    light -= 0.30 * b->cleft * bump(p->top_mm, 0.33 * b->height_mm * b->front, b->cleft_mm) *
             bump(p->u, b->depth_mm * 0.1, b->depth_mm * 0.2);
    return edge * light;
}

/* Pedicles and the spinous process behind the body: soft shadows that overlap its rear. */
static double rear_light(const phantom_body *b, const place *p)
{
    const double h = b->height_mm, u = p->u + b->depth_mm / 2;
    const double arch = spot(u, p->v, (double[]){-6, -h * 0.18}, (double[]){5, h * 0.18});
    const double facet = spot(u, p->v, (double[]){-14, h * 0.25}, (double[]){4.5, h * 0.30});
    const double spine = spot(u, p->v, (double[]){-27, h * 0.45}, (double[]){7, h * 0.17});
    return 0.17 * arch + 0.13 * facet + 0.09 * spine;
}

/* One box pass of 2r + 1 over from[0..n), the ends repeated. */
static void box(double *to, const double *from, long n, long r)
{
    double sum = 0;
    const long last = n - 1;
    for (long i = -r; i <= r; i++)
        sum += from[i < 0 ? 0 : i > last ? last : i];
    for (long i = 0; i < n; i++) {
        to[i] = sum / (double)(2 * r + 1);
        sum += from[i + r + 1 > last ? last : i + r + 1] - from[i - r < 0 ? 0 : i - r];
    }
}

/* Blurs in place along one axis by three box passes (near Gaussian of the given sd in pixels);
 * `line` holds two of them. */
static void blur_axis(double *v, double *line, size_t n, size_t step, double sd)
{
    const double wide = sqrt(4 * sd * sd + 1);
    const long r = (long)floor((wide - 1) / 2 + 0.5);
    double *other = line + n;
    if (r < 1) return;
    for (size_t i = 0; i < n; i++)
        line[i] = v[i * step];
    box(other, line, (long)n, r);
    box(line, other, (long)n, r);
    box(other, line, (long)n, r);
    for (size_t i = 0; i < n; i++)
        v[i * step] = other[i];
}

/* White noise blurred by sx, sy pixels and brought back to sd 1. */
static void field(double *v, double *line, size_t n, double sx, double sy, dlrn_rng *rng)
{
    for (size_t i = 0; i < n * n; i++)
        v[i] = dlrn_rng_normal(rng);
    for (size_t k = 0; k < n; k++)
        blur_axis(v + k * n, line, n, 1, sx);
    for (size_t k = 0; k < n; k++)
        blur_axis(v + k, line, n, n, sy);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n * n; i++)
        sum += v[i];
    sum /= (double)(n * n);
    for (size_t i = 0; i < n * n; i++)
        squares += (v[i] - sum) * (v[i] - sum);
    const double sd = sqrt(squares / (double)(n * n));
    for (size_t i = 0; i < n * n; i++)
        v[i] = sd > 0 ? (v[i] - sum) / sd : 0;
}

/* Soft tissue, a diaphragm's edge, a rib and gas before the spine: nothing that knows the label. */
typedef struct backdrop {
    double dome_x, dome_y, rib_y, rib_slope, gas_x[4], gas_y[4], gas_mm[4], gas[4];
} backdrop;

static backdrop draw_backdrop(dlrn_rng *rng)
{
    backdrop d = {.dome_x = 10 + 25 * dlrn_rng_uniform(rng),
                  .dome_y = 5 + 70 * dlrn_rng_uniform(rng),
                  .rib_y = -20 + 100 * dlrn_rng_uniform(rng),
                  .rib_slope = 0.3 + 0.4 * dlrn_rng_uniform(rng)};
    for (int k = 0; k < 4; k++) {
        d.gas_x[k] = 22 * dlrn_rng_uniform(rng);
        d.gas_y[k] = 102 * dlrn_rng_uniform(rng);
        d.gas_mm[k] = 3 + 5 * dlrn_rng_uniform(rng);
        d.gas[k] = 0.10 * dlrn_rng_uniform(rng);
    }
    return d;
}

static double backdrop_light(const backdrop *d, double x, double y)
{
    double light = 0.10 + 0.22 * (1 - exp(-x / 28)) - 0.10 * smooth_step(x - 88, 9);
    const double dome = d->dome_y + 0.012 * (x - d->dome_x) * (x - d->dome_x);
    light += 0.05 * smooth_step(y - dome, 0.8);
    const double rib = y - d->rib_y - d->rib_slope * x;
    light += 0.045 * (bump(rib, 0, 2.6) + 0.5 * bump(rib, 2.6, 0.6) + 0.5 * bump(rib, -2.6, 0.6));
    for (int k = 0; k < 4; k++) {
        const double gx = x - d->gas_x[k], gy = 0.8 * (y - d->gas_y[k]);
        light -= d->gas[k] * smooth_step(d->gas_mm[k] - sqrt(gx * gx + gy * gy), 1.2);
    }
    return light;
}

static void paint(double *v, const double *grain, const phantom_scene *s, double pixel_mm,
                  const backdrop *back)
{
    const size_t n = (size_t)s->size_px;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            const double x = (double)i * pixel_mm, y = (double)j * pixel_mm;
            double light = backdrop_light(back, x, y);
            for (int k = 0; k < PHANTOM_BODIES; k++) {
                const phantom_body *b = &s->body[k];
                if (fabs(y - b->y_mm) > 48) continue;
                const place p = locate(b, x, y);
                light += body_light(b, &p, s->density * grain[j * n + i]) + rear_light(b, &p);
                if (b->swelling > 0)
                    light += 0.30 * b->swelling * bump(p.front_mm, -4, 2.5) * bump(p.v, 0, 9);
            }
            v[j * n + i] = light;
        }
}

/* A reader's outline: the true one moved by slow waves around the body. */
static void outline(dlrn_image *mask, const phantom_scene *s, int reader, double pixel_mm)
{
    const size_t n = (size_t)s->size_px;
    for (int k = 0; k < s->n_targets; k++) {
        const phantom_body *b = &s->body[s->target[k]];
        double most = 0; // that a wave moves the outline
        for (int m = 0; m < 3; m++)
            most += fabs(b->wobble[reader][2 * m]);
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < n; i++) {
                const double x = (double)i * pixel_mm, y = (double)j * pixel_mm;
                const double dx = x - b->x_mm, dy = y - b->y_mm;
                if (dx * dx + dy * dy > 36 * 36) continue;
                const place p = locate(b, x, y);
                if (p.inside_mm < -most) continue;
                const double turn = atan2(p.v, p.u);
                double shift = 0;
                for (int m = 0; m < 3; m++)
                    shift += b->wobble[reader][2 * m] *
                             sin((m + 1) * turn + b->wobble[reader][2 * m + 1]);
                if (p.inside_mm + shift > 0) mask->v[j * n + i] = k + 1;
            }
    }
}

/* Blur and contrast of the machine, quantum noise, 12 bits. */
static void expose(double *v, double *line, const phantom_scene *s, double pixel_mm, dlrn_rng *rng)
{
    const size_t n = (size_t)s->size_px;
    const phantom_centre *c = &s->centre;
    for (size_t k = 0; k < n; k++)
        blur_axis(v + k * n, line, n, 1, c->blur_mm / pixel_mm);
    for (size_t k = 0; k < n; k++)
        blur_axis(v + k, line, n, n, c->blur_mm / pixel_mm);
    for (size_t i = 0; i < n * n; i++) {
        const double quanta = 1.15 - v[i]; // bone lets little through: more noise in it
        double x = v[i] + c->noise * dlrn_rng_normal(rng) / sqrt(quanta > 0.1 ? quanta : 0.1);
        x = c->gain * pow(x < 0 ? 0 : x, c->gamma);
        x = rint(PHANTOM_WHITE * x);
        v[i] = x < 0 ? 0 : x > PHANTOM_WHITE ? PHANTOM_WHITE : x;
    }
}

static dlrn_status new_picture(dlrn_image *im, const phantom_scene *s, dlrn_pixel stored,
                               double pixel_mm, dlrn_error *err)
{
    const dlrn_status st = dlrn_image_alloc(im, 2, (int64_t[3]){s->size_px, s->size_px, 1}, err);
    im->stored = stored;
    im->spacing_known = true;
    im->spacing_mm[0] = im->spacing_mm[1] = pixel_mm;
    return st;
}

dlrn_status phantom_render(dlrn_image *image, dlrn_image mask[2], const phantom_scene *s,
                           dlrn_rng *rng, dlrn_error *err)
{
    dlrn_status st;
    const size_t n = (size_t)s->size_px;
    const double pixel_mm = s->centre.spacing_mm * 512 / (double)n;
    double *grain = NULL, *coarse = NULL, *line = NULL;
    DLRN_TRY(new_picture(image, s, DLRN_PIXEL_U16, pixel_mm, err));
    for (int r = 0; r < 2; r++)
        DLRN_TRY(new_picture(&mask[r], s, DLRN_PIXEL_U8, pixel_mm, err));
    DLRN_TRY(dlrn_alloc_or_fail(&grain, n * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&coarse, n * n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&line, 2 * n, err));
    // vertical trabeculae carry the load: longer down than across, over a coarser mottle
    field(grain, line, n, 0.22 / pixel_mm, 0.75 / pixel_mm, rng);
    field(coarse, line, n, 1.1 / pixel_mm, 1.6 / pixel_mm, rng);
    for (size_t i = 0; i < n * n; i++)
        grain[i] = 0.030 * grain[i] + 0.014 * coarse[i];
    const backdrop back = draw_backdrop(rng);
    paint(image->v, grain, s, pixel_mm, &back);
    expose(image->v, line, s, pixel_mm, rng);
    for (int r = 0; r < 2; r++)
        outline(&mask[r], s, r, pixel_mm);
done:
    free(grain);
    free(coarse);
    free(line);
    return st;
}
