/* SPDX-License-Identifier: Apache-2.0 */
#include <dlrn/samplesize.h>

#include <dlrn/special.h>

#include <math.h>

/* The papers print and use this rounding of the normal quantile. */
static const double Z = 1.96;

static void add(dlrn_samplesize *out, const char *name, double n, double prevalence)
{
    n = ceil(n);
    out->criterion[out->criteria++] =
        (dlrn_samplesize_criterion){name, n, ceil(n * prevalence - 1e-9)};
    out->n = fmax(out->n, n);
}

static dlrn_status check_prevalence(double prevalence, dlrn_error *err)
{
    if (prevalence > 0 && prevalence < 1) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL, "prevalence is %g, expected between 0 and 1", prevalence);
}

static dlrn_status check_auc(double auc, dlrn_error *err)
{
    if (auc > 0.5 && auc < 1) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL, "AUC is %g, expected between 0.5 and 1", auc);
}

static double null_loglik(double prevalence)
{
    return prevalence * log(prevalence) + (1 - prevalence) * log1p(-prevalence);
}

/* Rows for an expected shrinkage s (Riley 2019, eq. 11). */
static double rows_for_shrinkage(double s, double parameters, double r2cs)
{
    return parameters / ((s - 1) * log1p(-r2cs / s));
}

dlrn_status dlrn_samplesize_develop(dlrn_samplesize *out, double prevalence, double parameters,
                                    double r2cs, dlrn_error *err)
{
    const dlrn_status st = check_prevalence(prevalence, err);
    if (st != DLRN_OK) return st;
    const double most = -expm1(2 * null_loglik(prevalence)); // the largest Cox-Snell R2
    if (!(parameters >= 1))
        return dlrn_fail(err, DLRN_EINVAL, "parameters are %g, expected 1 or more", parameters);
    if (!(r2cs > 0 && r2cs < most && r2cs < 0.9))
        return dlrn_fail(err, DLRN_EINVAL,
                         "Cox-Snell R2 is %g, expected above 0 and below %.4g, its maximum at this "
                         "prevalence",
                         r2cs, fmin(most, 0.9));
    *out = (dlrn_samplesize){.criteria = 0};
    add(out, "shrinkage", rows_for_shrinkage(0.9, parameters, r2cs), prevalence);
    const double s = r2cs / (r2cs + 0.05 * most);
    add(out, "optimism", rows_for_shrinkage(s, parameters, r2cs), prevalence);
    const double share = Z / 0.05;
    add(out, "overall_risk", share * share * prevalence * (1 - prevalence), prevalence);
    return DLRN_OK;
}

/* Means of f over the linear predictor's distribution by Simpson's rule: normal in events and
 * non-events, one variance, calibrated, as AUC and prevalence imply (Riley 2021, section 2.3). */
static void predictor_means(double mean[3], double prevalence, double auc,
                            void (*f)(double out[3], double lp))
{
    enum { STEPS = 4000 };
    const double sd = sqrt(2) * dlrn_normal_quantile(auc), variance = sd * sd;
    const double centre = log(prevalence / (1 - prevalence));
    const double lo = centre - variance / 2 - 10 * sd, hi = centre + variance / 2 + 10 * sd;
    const double h = (hi - lo) / STEPS, scale = h / 3 / (sd * sqrt(2 * M_PI));
    mean[0] = mean[1] = mean[2] = 0;
    for (int i = 0; i <= STEPS; i++) {
        const double lp = lo + h * i, weight = (i == 0 || i == STEPS) ? 1 : i % 2 ? 4 : 2;
        const double z1 = (lp - centre - variance / 2) / sd, z0 = (lp - centre + variance / 2) / sd;
        const double density =
            prevalence * exp(-z1 * z1 / 2) + (1 - prevalence) * exp(-z0 * z0 / 2);
        double value[3];
        f(value, lp);
        for (int k = 0; k < 3; k++)
            mean[k] += scale * weight * density * value[k];
    }
}

/* Fisher's information of intercept and slope. */
static void information(double out[3], double lp)
{
    const double p = 1 / (1 + exp(-lp));
    out[0] = p * (1 - p);
    out[1] = lp * out[0];
    out[2] = lp * out[1];
}

static double rows_for_slope(double prevalence, double auc, double se)
{
    double i[3];
    predictor_means(i, prevalence, auc, information);
    return i[0] / (se * se * (i[0] * i[2] - i[1] * i[1]));
}

static double softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* Expected log-likelihood of a row whose probability is true. */
static void expected_loglik(double out[3], double lp)
{
    const double p = 1 / (1 + exp(-lp));
    out[0] = -p * softplus(-lp) - (1 - p) * softplus(lp);
    out[1] = out[2] = 0;
}

double dlrn_samplesize_r2cs(double prevalence, double auc)
{
    double full[3];
    if (!(prevalence > 0 && prevalence < 1 && auc > 0.5 && auc < 1)) return (double)NAN;
    predictor_means(full, prevalence, auc, expected_loglik);
    return -expm1(-2 * (full[0] - null_loglik(prevalence)));
}

/* Newcombe, Stat Med 2006;25:559, as Riley 2021, eq. 7. */
static double auc_se(double auc, double prevalence, double n)
{
    const double half = n / 2 - 1;
    const double top =
        auc * (1 - auc) * (1 + half * (1 - auc) / (2 - auc) + half * auc / (1 + auc));
    return sqrt(top / (n * n * prevalence * (1 - prevalence)));
}

/* The least whole n whose interval is no wider than asked. */
static double rows_for_auc(double prevalence, double auc, double width)
{
    double lo = 2, hi = 4;
    while (2 * Z * auc_se(auc, prevalence, hi) > width)
        hi *= 2;
    while (hi - lo > 1) {
        const double mid = floor((lo + hi) / 2);
        if (2 * Z * auc_se(auc, prevalence, mid) > width)
            lo = mid;
        else
            hi = mid;
    }
    return hi;
}

dlrn_status dlrn_samplesize_validate(dlrn_samplesize *out, double prevalence, double auc,
                                     double oe_width, double slope_width, double auc_width,
                                     dlrn_error *err)
{
    const dlrn_status st = check_prevalence(prevalence, err);
    if (st != DLRN_OK) return st;
    if (check_auc(auc, err) != DLRN_OK) return DLRN_EINVAL;
    if (!(oe_width > 0 && slope_width > 0 && auc_width > 1e-6))
        return dlrn_fail(err, DLRN_EINVAL, "a width of an interval is not above 0");
    // exp(z se) - exp(-z se) is the width; four decimals, upwards, as the published examples
    const double se = ceil(1e4 * asinh(oe_width / 2) / Z - 1e-9) / 1e4;
    *out = (dlrn_samplesize){.criteria = 0};
    add(out, "o_e", (1 - prevalence) / (prevalence * se * se), prevalence);
    add(out, "slope", rows_for_slope(prevalence, auc, slope_width / (2 * Z)), prevalence);
    add(out, "auc", rows_for_auc(prevalence, auc, auc_width), prevalence);
    return DLRN_OK;
}

static dlrn_status check_threshold(double threshold, dlrn_error *err)
{
    if (threshold > 0 && threshold < 1) return DLRN_OK;
    return dlrn_fail(err, DLRN_EINVAL, "threshold is %g, expected a risk between 0 and 1",
                     threshold);
}

dlrn_status dlrn_samplesize_accuracy(dlrn_samplesize_decision *d, double prevalence, double auc,
                                     dlrn_error *err)
{
    if (check_prevalence(prevalence, err) != DLRN_OK || check_auc(auc, err) != DLRN_OK ||
        check_threshold(d->threshold, err) != DLRN_OK)
        return DLRN_EINVAL;
    // the linear predictors of events and non-events lie half their variance beside the prevalence
    const double sd = sqrt(2) * dlrn_normal_quantile(auc);
    const double far = log(d->threshold / (1 - d->threshold)) - log(prevalence / (1 - prevalence));
    d->sensitivity = dlrn_normal_cdf((sd * sd / 2 - far) / sd);
    d->specificity = dlrn_normal_cdf((sd * sd / 2 + far) / sd);
    return DLRN_OK;
}

dlrn_status dlrn_samplesize_net_benefit(dlrn_samplesize *s, dlrn_samplesize_decision *d,
                                        double prevalence, double width, dlrn_error *err)
{
    const double hit = d->sensitivity, pass = d->specificity;
    if (check_prevalence(prevalence, err) != DLRN_OK ||
        check_threshold(d->threshold, err) != DLRN_OK)
        return DLRN_EINVAL;
    if (!(hit >= 0 && hit <= 1 && pass >= 0 && pass <= 1))
        return dlrn_fail(err, DLRN_EINVAL, "sensitivity %g and specificity %g: expected 0 to 1",
                         hit, pass);
    if (!(width > 0)) return dlrn_fail(err, DLRN_EINVAL, "a width of an interval is not above 0");
    const double w = (1 - prevalence) / prevalence * (d->threshold / (1 - d->threshold));
    const double se = width / (2 * Z), false_alarm = 1 - pass;
    d->standardised_net_benefit = hit - w * false_alarm;
    add(s, "net_benefit",
        (hit * (1 - hit) / prevalence + w * w * pass * false_alarm / (1 - prevalence) +
         w * w * false_alarm * false_alarm / (prevalence * (1 - prevalence))) /
            (se * se),
        prevalence);
    return DLRN_OK;
}
