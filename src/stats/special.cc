/* SPDX-License-Identifier: Apache-2.0
 *
 * The only file that includes Boost.Math. No exception leaves it: errors are NaN or the limit.
 */
#include <dlrn/special.h>

#include "base/library.h"

#include <boost/version.hpp>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <limits>

namespace bm = boost::math;
namespace bp = boost::math::policies;

namespace
{
typedef bp::policy<bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
                   bp::overflow_error<bp::ignore_error>, bp::underflow_error<bp::ignore_error>,
                   bp::rounding_error<bp::ignore_error>, bp::evaluation_error<bp::ignore_error>,
                   bp::indeterminate_result_error<bp::ignore_error>,
                   bp::discrete_quantile<bp::integer_round_up>>
    quiet;

const double nan_value = std::numeric_limits<double>::quiet_NaN();
const double infinite = std::numeric_limits<double>::infinity();

/* The distribution's functions with x beyond [low, high] and p = 0, 1 answered here. */
template <class D> double cdf_of(const D &d, double x, double low, double high)
{
    if (std::isnan(x)) return nan_value;
    if (x <= low) return 0;
    if (x >= high) return 1;
    return bm::cdf(d, x);
}

template <class D> double upper_of(const D &d, double x, double low, double high)
{
    if (std::isnan(x)) return nan_value;
    if (x <= low) return 1;
    if (x >= high) return 0;
    return bm::cdf(bm::complement(d, x));
}

template <class D> double quantile_of(const D &d, double p, double low, double high)
{
    if (!(p >= 0 && p <= 1)) return nan_value;
    if (p == 0) return low;
    if (p == 1) return high;
    return bm::quantile(d, p);
}

bool positive(double x)
{
    return x > 0 && std::isfinite(x);
}

bool is_trial(double n, double p)
{
    return n >= 0 && std::isfinite(n) && n == std::floor(n) && p >= 0 && p <= 1;
}

const bm::normal_distribution<double, quiet> standard;
} // namespace

double dlrn_normal_cdf(double x)
{
    return cdf_of(standard, x, -infinite, infinite);
}

double dlrn_normal_upper(double x)
{
    return upper_of(standard, x, -infinite, infinite);
}

double dlrn_normal_quantile(double p)
{
    return quantile_of(standard, p, -infinite, infinite);
}

double dlrn_normal_two_sided(double z)
{
    return 2 * dlrn_normal_upper(std::fabs(z));
}

double dlrn_t_cdf(double x, double df)
{
    if (df == infinite) return dlrn_normal_cdf(x);
    if (!positive(df)) return nan_value;
    return cdf_of(bm::students_t_distribution<double, quiet>(df), x, -infinite, infinite);
}

double dlrn_t_upper(double x, double df)
{
    return dlrn_t_cdf(-x, df);
}

double dlrn_t_quantile(double p, double df)
{
    if (df == infinite) return dlrn_normal_quantile(p);
    if (!positive(df)) return nan_value;
    return quantile_of(bm::students_t_distribution<double, quiet>(df), p, -infinite, infinite);
}

double dlrn_t_two_sided(double t, double df)
{
    return 2 * dlrn_t_upper(std::fabs(t), df);
}

double dlrn_chi2_cdf(double x, double df)
{
    if (!positive(df)) return nan_value;
    return cdf_of(bm::chi_squared_distribution<double, quiet>(df), x, 0, infinite);
}

double dlrn_chi2_upper(double x, double df)
{
    if (!positive(df)) return nan_value;
    return upper_of(bm::chi_squared_distribution<double, quiet>(df), x, 0, infinite);
}

double dlrn_chi2_quantile(double p, double df)
{
    if (!positive(df)) return nan_value;
    return quantile_of(bm::chi_squared_distribution<double, quiet>(df), p, 0, infinite);
}

double dlrn_f_cdf(double x, double df1, double df2)
{
    if (!positive(df1) || !positive(df2)) return nan_value;
    return cdf_of(bm::fisher_f_distribution<double, quiet>(df1, df2), x, 0, infinite);
}

double dlrn_f_upper(double x, double df1, double df2)
{
    if (!positive(df1) || !positive(df2)) return nan_value;
    return upper_of(bm::fisher_f_distribution<double, quiet>(df1, df2), x, 0, infinite);
}

double dlrn_f_quantile(double p, double df1, double df2)
{
    if (!positive(df1) || !positive(df2)) return nan_value;
    return quantile_of(bm::fisher_f_distribution<double, quiet>(df1, df2), p, 0, infinite);
}

double dlrn_beta_cdf(double x, double a, double b)
{
    if (!positive(a) || !positive(b)) return nan_value;
    return cdf_of(bm::beta_distribution<double, quiet>(a, b), x, 0, 1);
}

double dlrn_beta_upper(double x, double a, double b)
{
    if (!positive(a) || !positive(b)) return nan_value;
    return upper_of(bm::beta_distribution<double, quiet>(a, b), x, 0, 1);
}

double dlrn_beta_quantile(double p, double a, double b)
{
    if (!positive(a) || !positive(b)) return nan_value;
    return quantile_of(bm::beta_distribution<double, quiet>(a, b), p, 0, 1);
}

double dlrn_binomial_cdf(double k, double n, double p)
{
    if (!is_trial(n, p) || std::isnan(k)) return nan_value;
    k = std::floor(k);
    if (k < 0) return 0;
    if (k >= n || p == 0) return 1;
    return p == 1 ? 0 : dlrn_beta_upper(p, k + 1, n - k);
}

double dlrn_binomial_upper(double k, double n, double p)
{
    if (!is_trial(n, p) || std::isnan(k)) return nan_value;
    k = std::floor(k);
    if (k < 0) return 1;
    if (k >= n || p == 0) return 0;
    return p == 1 ? 1 : dlrn_beta_cdf(p, k + 1, n - k);
}

double dlrn_binomial_pmf(double k, double n, double p)
{
    if (!is_trial(n, p) || std::isnan(k)) return nan_value;
    if (k < 0 || k > n || k != std::floor(k)) return 0;
    return bm::pdf(bm::binomial_distribution<double, quiet>(n, p), k);
}

double dlrn_binomial_quantile(double q, double n, double p)
{
    if (!is_trial(n, p) || !(q >= 0 && q <= 1)) return nan_value;
    double low = -1, high = n; // cdf(low) < q <= cdf(high)
    const double fuzz = 64 * std::numeric_limits<double>::epsilon();
    while (high - low > 1) {
        const double middle = std::floor((low + high) / 2);
        if (dlrn_binomial_cdf(middle, n, p) * (1 + fuzz) >= q)
            high = middle;
        else
            low = middle;
    }
    return high;
}

extern "C" const char *dlrn_library_boost(void)
{
    return BOOST_LIB_VERSION;
}
