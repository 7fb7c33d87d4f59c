/* SPDX-License-Identifier: Apache-2.0
 *
 * ROC curves of several models in one square.
 */
#include <dlrn/figures.h>

#include "plot/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void auc_text(char buf[NUMBER_LEN], const dlrn_roc_series *s)
{
    char auc[NUMBER_LEN], lo[NUMBER_LEN], hi[NUMBER_LEN];
    number_text(auc, s->auc, 3);
    if (isfinite(s->ci[0]) && isfinite(s->ci[1]))
        snprintf(buf, NUMBER_LEN, "%.8s (%.8s–%.8s)", auc, number_text(lo, s->ci[0], 3),
                 number_text(hi, s->ci[1], 3));
    else
        snprintf(buf, NUMBER_LEN, "%s", auc);
}

/* Rows from the largest AUC to the smallest. */
static dlrn_status fill_legend(legend *l, const dlrn_roc_plot *p, dlrn_error *err)
{
    dlrn_status st;
    double *key = NULL;
    size_t *order = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&key, p->n_series, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, p->n_series, err));
    DLRN_TRY(dlrn_alloc_or_fail(&l->rows, p->n_series, err));
    for (size_t i = 0; i < p->n_series; i++)
        key[i] = -p->series[i].auc;
    dlrn_sort_index(order, key, p->n_series);
    l->n_rows = p->n_series;
    for (size_t i = 0; i < p->n_series; i++) {
        const dlrn_roc_series *s = &p->series[order[i]];
        l->rows[i].name = s->name;
        l->rows[i].pen = pen_of_style(s->style);
        auc_text(l->rows[i].value[0], s);
    }
done:
    free(key);
    free(order);
    return st;
}

static dlrn_status draw_curves(const chart *a, const dlrn_roc_plot *p, const double legend_box[4],
                               bool *meet, dlrn_error *err)
{
    *meet = false;
    // The first model lies on top: it is the one that the others are compared with.
    for (size_t i = p->n_series; i-- > 0;) {
        const dlrn_roc_series *s = &p->series[i];
        points q;
        const dlrn_status st = points_of(&q, a, s->fpr, s->tpr, s->n, err);
        if (st != DLRN_OK) return st;
        *meet |= points_meet(&q, legend_box);
        canvas_path(a->c, pen_of_style(s->style), q.x, q.y, q.n);
        points_clear(&q);
    }
    for (size_t i = p->n_series; i-- > 0;) {
        const dlrn_roc_series *s = &p->series[i];
        canvas_circle(a->c, WHITE, pen_of(pen_of_style(s->style).ink, 1), chart_px(a, s->at_fpr),
                      chart_py(a, s->at_tpr), 2.2);
    }
    return DLRN_OK;
}

static dlrn_status check(const dlrn_roc_plot *p, dlrn_error *err)
{
    if (p->n_series == 0) return nothing_to_draw("ROC curves", "no model", err);
    for (size_t i = 0; i < p->n_series; i++) {
        const dlrn_roc_series *s = &p->series[i];
        if (count_finite(s->fpr, s->n) < 2 || count_finite(s->tpr, s->n) < 2)
            return dlrn_fail(err, DLRN_EINVAL,
                             "ROC curves: %s has fewer than two points of a curve", s->name);
    }
    return DLRN_OK;
}

dlrn_status dlrn_plot_roc(dlrn_figure **out, const dlrn_roc_plot *p, dlrn_error *err)
{
    dlrn_status st;
    char head[NUMBER_LEN];
    legend l = {.n_columns = 1};
    chart a = {.sx = scale_of("1 − specificity", 0, 1, 0.2),
               .sy = scale_of("Sensitivity", 0, 1, 0.2)};
    bool meet;
    *out = NULL;
    DLRN_TRY(check(p, err));
    DLRN_TRY(canvas_new(&a.c, DLRN_COLUMN_MM, err));
    DLRN_TRY(fill_legend(&l, p, err));
    snprintf(head, sizeof head, "AUC (%g%% CI)", p->confidence * 100);
    l.head[0] = head;
    chart_fit(&a, draw_title(a.c, p->title), 0);
    canvas_line(a.c, pen_of(GREY, THIN_PT), chart_px(&a, 0), chart_py(&a, 0), chart_px(&a, 1),
                chart_py(&a, 1));
    double size[2];
    legend_size(size, a.c, &l, a.w - 12);
    double box[4] = {a.x + a.w - size[0] - 5, a.y + a.h - size[1] - 4, size[0], size[1]};
    const double room[4] = {box[0] - 3, box[1] - 3, box[2] + 6, box[3] + 6};
    DLRN_TRY(draw_curves(&a, p, room, &meet, err));
    double y = chart_axes(&a, true);
    if (meet || size[1] > 0.55 * a.h) {
        box[0] = a.x;
        box[1] = y;
        box[2] = a.w;
        y += size[1] + PAD_PT;
    } else {
        canvas_rect(a.c, colour_fade(WHITE, 0.88), pen_of(INK, 0), box);
    }
    legend_draw(a.c, &l, box);
    st = canvas_finish(&a.c, y, err);
done:
    free(l.rows);
    *out = st == DLRN_OK ? a.c : NULL;
    if (st != DLRN_OK) dlrn_figure_free(a.c);
    return st;
}
