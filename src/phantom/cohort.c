/* SPDX-License-Identifier: Apache-2.0
 *
 * Clinical values and signs. The distributions follow what the literature on osteoporotic vertebral
 * fractures reports where it does; pain is drawn closer together than there, so that the table
 * alone does not settle the question. Shares of signs are assumptions.
 */
#include "phantom/cohort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const phantom_cohort_name[PHANTOM_COHORTS] = {"training", "internal", "external",
                                                          "prospective"};
const char *const phantom_sign_name[PHANTOM_SIGNS] = {
    "step",       "impaction_band", "fracture_line", "swelling", "endplate_sclerosis",
    "osteophyte", "rounded",        "disc_narrow",   "cleft"};

/* Share of vertebrae with each sign: looks chronic, looks acute. */
static const double share[PHANTOM_SIGNS][2] = {{0.12, 0.62}, {0.12, 0.55}, {0.04, 0.22},
                                               {0.06, 0.25}, {0.50, 0.14}, {0.45, 0.16},
                                               {0.60, 0.18}, {0.50, 0.22}, {0.18, 0.04}};
static const double contradiction = 0.08; /* drawn as if of the other kind */
static const double acute_share = 0.6;
static const double level_weight[11] = {3, 4, 3, 4, 9, 20, 25, 13, 9, 7, 3};

static const phantom_centre centres[3] = {
    {"A", 0.200, 1.00, 1.00, 0.012, 0.20},
    {"B", 0.200, 1.10, 1.06, 0.015, 0.24},
    {"C", 0.190, 0.90, 0.90, 0.022, 0.32}, // the external hospital
};

const char *phantom_level_name(int level)
{
    static const char *const name[] = {"T7", "T8", "T9", "T10", "T11", "T12",
                                       "L1", "L2", "L3", "L4",  "L5"};
    return name[level];
}

void phantom_plan_clear(phantom_plan *plan)
{
    free(plan->patient);
    free(plan->row);
    *plan = (phantom_plan){0};
}

static double normal_within(dlrn_rng *r, double mean, double sd, double lo, double hi)
{
    double x;
    do {
        x = mean + sd * dlrn_rng_normal(r);
    } while (x < lo || x > hi);
    return x;
}

static double tenths(double x)
{
    return rint(x * 10) / 10;
}

/* Vertebrae of each cohort, summing to n_rows. */
static void cohort_sizes(size_t size[PHANTOM_COHORTS], size_t n_rows, bool zhang)
{
    static const double published[] = {712, 178, 111, 75}, demo[] = {0.5, 0.2, 0.17, 0.13};
    const double *part = zhang ? published : demo;
    const double whole = zhang ? 1076 : 1;
    size[0] = n_rows;
    for (int c = 1; c < PHANTOM_COHORTS; c++) {
        size[c] = (size_t)rint((double)n_rows * part[c] / whole);
        size[0] -= size[c];
    }
}

static void draw_patient(phantom_patient *p, dlrn_rng *r)
{
    const bool external = p->cohort == 2;
    p->centre = external ? 2 : dlrn_rng_uniform(r) < 0.6 ? 0 : 1;
    p->age = rint(normal_within(r, external ? 75.5 : 74, 8.5, 50, 95));
    p->female = dlrn_rng_uniform(r) < (external ? 0.75 : 0.70);
    p->bmi = tenths(normal_within(r, 23.5, 3.4, 14, 40));
    p->tscore = tenths(normal_within(r, -3, 1, -6, 1));
}

static int draw_level(dlrn_rng *r)
{
    double at = 100 * dlrn_rng_uniform(r);
    int k = 0;
    while (k < 10 && (at -= level_weight[k]) >= 0)
        k++;
    return k;
}

static void draw_row(phantom_row *w, bool null_signal, dlrn_rng *r)
{
    const bool told = null_signal ? dlrn_rng_uniform(r) < acute_share : w->label == 1;
    const bool seen = null_signal ? dlrn_rng_uniform(r) < acute_share : w->label == 1;
    w->looks_acute = (dlrn_rng_uniform(r) < contradiction) != seen;
    w->vas = rint(told ? normal_within(r, 6.4, 1.6, 0, 10) : normal_within(r, 4.7, 2.0, 0, 10));
    w->trauma = dlrn_rng_uniform(r) < (told ? 0.60 : 0.35);
    const double onset =
        told ? exp(log(7) + 0.8 * dlrn_rng_normal(r)) : exp(log(300) + 0.8 * dlrn_rng_normal(r));
    w->onset_days = rint(told ? fmin(fmax(onset, 1), 30) : fmin(fmax(onset, 90), 2000));
    if (dlrn_rng_uniform(r) < 0.05) w->vas = (double)NAN;
    if (dlrn_rng_uniform(r) < (told ? 0.06 : 0.15)) w->onset_days = (double)NAN;
    w->level = draw_level(r);
    for (int k = 0; k < PHANTOM_SIGNS; k++)
        w->sign[k] = dlrn_rng_uniform(r) < share[k][w->looks_acute];
}

/* Gives patient i its vertebrae; a patient with two where one place is left passes one on. No
 * cohort stays empty: the last patients go to those that would. */
static void fill(phantom_plan *plan, const size_t size[PHANTOM_COHORTS], uint64_t seed,
                 bool null_signal)
{
    size_t at = 0, left = size[0], owed = 0, nth = 0;
    const size_t n = plan->n_patients, extra = plan->n_rows - n;
    int c = 0;
    for (size_t i = 0; i < n; i++) {
        dlrn_rng r;
        phantom_patient *p = &plan->patient[i];
        size_t want = 1 + ((i + 1) * extra / n - i * extra / n) + owed;
        while (c + 1 < PHANTOM_COHORTS && (left == 0 || n - i < (size_t)(PHANTOM_COHORTS - c))) {
            left = size[++c];
            nth = 0;
        }
        const size_t take = want > 2 ? 2 : want;
        p->n_rows = take > left && left > 0 ? left : take;
        owed = want - p->n_rows;
        left -= p->n_rows;
        p->cohort = c;
        p->first_row = at;
        dlrn_rng_seed(&r, seed, 2 * i);
        draw_patient(p, &r);
        for (size_t k = 0; k < p->n_rows; k++, at++, nth++) {
            phantom_row *w = &plan->row[at];
            // the same share of acute fractures in every cohort, so that none is without one kind
            const double before = acute_share * (double)nth, after = before + acute_share;
            *w = (phantom_row){.patient = i,
                               .cohort = c,
                               .vertebra = (int)k,
                               .label = floor(after + 1e-9) > floor(before + 1e-9)};
            draw_row(w, null_signal, &r);
            if (k) w->level = w[-1].level < 10 ? w[-1].level + 1 : 10;
        }
        if (p->n_rows > 1 && plan->row[p->first_row].level == 10) plan->row[p->first_row].level = 9;
        if (dlrn_rng_uniform(&r) < 0.12) p->tscore = (double)NAN;
    }
    plan->n_rows = at;
}

dlrn_status phantom_plan_draw(phantom_plan *plan, const dlrn_phantom_opts *o, dlrn_error *err)
{
    dlrn_status st;
    size_t size[PHANTOM_COHORTS];
    *plan = (phantom_plan){.n_patients = (size_t)o->patients};
    plan->n_rows = (plan->n_patients * 1076 + 471) / 942;
    cohort_sizes(size, plan->n_rows, o->zhang2024);
    DLRN_TRY(dlrn_alloc_or_fail(&plan->patient, plan->n_patients, err));
    DLRN_TRY(dlrn_alloc_or_fail(&plan->row, plan->n_rows, err));
    fill(plan, size, o->seed, o->null_signal);
done:
    if (st != DLRN_OK) phantom_plan_clear(plan);
    return st;
}

/* A sound body of this level. */
static phantom_body plain_body(int level, dlrn_rng *r)
{
    phantom_body b = {.depth_mm = 27.5 + 0.75 * level + 1.2 * dlrn_rng_normal(r),
                      .height_mm = 19.0 + 0.75 * level + 0.7 * dlrn_rng_normal(r),
                      .front = 0.97 + 0.02 * dlrn_rng_normal(r),
                      .middle = 0.97 + 0.02 * dlrn_rng_normal(r),
                      .corner_mm = 1.4 + 0.4 * dlrn_rng_uniform(r),
                      .band_mm = 2.5, // widths of signs that are not there: above 0
                      .sclerosis_mm = 3,
                      .cleft_mm = 0.6};
    return b;
}

static void draw_collapse(phantom_body *b, phantom_row *w, dlrn_rng *r)
{
    const double ratio = w->looks_acute ? normal_within(r, 0.80, 0.12, 0.45, 0.97)
                                        : normal_within(r, 0.71, 0.16, 0.35, 0.97);
    const double kind = dlrn_rng_uniform(r); // wedge, biconcave, crush
    b->front = kind < 0.70 ? ratio : kind < 0.88 ? 0.5 * (1 + ratio) : ratio;
    b->middle = kind < 0.70 ? 0.5 * (1 + ratio) - 0.03 : kind < 0.88 ? ratio : ratio - 0.02;
    if (kind >= 0.88) b->height_mm *= 0.5 * (1 + ratio);
    w->front_ratio = b->front;
    w->wedge_deg = atan((1 - b->front) * b->height_mm / b->depth_mm) * 57.29577951308232;
}

static void draw_signs(phantom_body *b, phantom_row *w, dlrn_rng *r)
{
    draw_collapse(b, w, r);
    const double much = 0.75 + 0.5 * dlrn_rng_uniform(r); // how marked its signs are
    const double mm = dlrn_rng_uniform(r), deep = dlrn_rng_uniform(r);
    b->corner_mm = w->sign[6] ? 2.4 + 1.6 * mm : 0.5 + 0.9 * mm;
    if (w->sign[0]) b->step_mm = (1.0 + 1.4 * dlrn_rng_uniform(r)) * much;
    if (w->sign[1]) {
        b->band = 0.45 * much;
        b->band_mm = 2 + 2 * dlrn_rng_uniform(r);
    }
    b->band_at_mm = 2.5 + 3.5 * deep;
    if (w->sign[2]) b->line = 0.7 * much;
    if (w->sign[3]) b->swelling = 0.16 * much;
    b->sclerosis_mm = 2 + 2 * deep;
    if (w->sign[4]) b->sclerosis = 0.42 * much;
    if (w->sign[5]) b->osteophyte_mm = (1.6 + 2.6 * dlrn_rng_uniform(r)) * much;
    if (w->sign[8]) {
        b->cleft = 0.9 * much;
        b->cleft_mm = 0.4 + 0.5 * dlrn_rng_uniform(r);
    }
    for (int reader = 0; reader < 2; reader++)
        for (int m = 0; m < 3; m++) {
            b->wobble[reader][2 * m] = (reader ? 0.40 : 0.18) * dlrn_rng_normal(r);
            b->wobble[reader][2 * m + 1] = 6.283185307179586 * dlrn_rng_uniform(r);
        }
}

/* Stacks the bodies along a gently curved spine; the third lies in the middle of the field. */
static void stack(phantom_scene *s, const double disc_mm[PHANTOM_BODIES], double width_mm,
                  dlrn_rng *r)
{
    const double lean = 0.10 * dlrn_rng_normal(r), bend = 0.0009 * dlrn_rng_normal(r) + 0.001;
    const double mid = width_mm / 2, y0 = mid + 4 * dlrn_rng_normal(r);
    const double x0 = mid - 4 + 4 * dlrn_rng_normal(r);
    double along[PHANTOM_BODIES] = {0};
    for (int k = 3; k < PHANTOM_BODIES; k++)
        along[k] =
            along[k - 1] + disc_mm[k - 1] + (s->body[k].height_mm + s->body[k - 1].height_mm) / 2;
    for (int k = 1; k >= 0; k--)
        along[k] =
            along[k + 1] - disc_mm[k] - (s->body[k].height_mm + s->body[k + 1].height_mm) / 2;
    for (int k = 0; k < PHANTOM_BODIES; k++) {
        phantom_body *b = &s->body[k];
        b->y_mm = y0 + along[k];
        b->x_mm = x0 + lean * along[k] + bend * along[k] * along[k];
        const double angle = -atan(lean + 2 * bend * along[k]) + 0.02 * dlrn_rng_normal(r);
        b->cos_a = cos(angle);
        b->sin_a = sin(angle);
    }
}

void phantom_scene_draw(phantom_scene *s, phantom_plan *plan, size_t patient,
                        const dlrn_phantom_opts *o, dlrn_rng *r)
{
    const phantom_patient *p = &plan->patient[patient];
    phantom_row *row = plan->row + p->first_row;
    double disc_mm[PHANTOM_BODIES];
    *s = (phantom_scene){.n_targets = (int)p->n_rows,
                         .target = {2, 3},
                         .centre = centres[p->centre],
                         .size_px = o->size_px,
                         .density = 1 + 0.15 * dlrn_rng_normal(r)};
    if (!isnan(p->tscore)) s->density += 0.12 * (p->tscore + 3);
    if (s->density < 0.4) s->density = 0.4;
    s->centre.gain *= 1 + 0.05 * dlrn_rng_normal(r);
    s->centre.gamma *= 1 + 0.04 * dlrn_rng_normal(r);
    for (int k = 0; k < PHANTOM_BODIES; k++) {
        s->body[k] = plain_body(row[0].level + k - 2, r);
        disc_mm[k] = 4.0 + 0.45 * row[0].level + 0.6 * dlrn_rng_normal(r);
        if (disc_mm[k] < 2) disc_mm[k] = 2;
    }
    for (size_t k = 0; k < p->n_rows; k++) {
        draw_signs(&s->body[2 + k], &row[k], r);
        if (row[k].sign[7]) disc_mm[1 + k] *= 0.55;
    }
    stack(s, disc_mm, s->centre.spacing_mm * 512, r);
}
