/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything of the library; each header also stands alone.
 *
 *   cc program.c $(pkg-config --cflags --libs dlrn)
 *
 * A call returns a dlrn_status and fills a dlrn_error with what was found, what was expected and
 * what to do; the library never prints and never exits. Objects (_free) belong to the caller;
 * small values (zero-init is valid) are emptied by their _clear.
 */
#ifndef DLRN_DLRN_H
#define DLRN_DLRN_H

#include <dlrn/base.h>
#include <dlrn/baseline.h>
#include <dlrn/calibration.h>
#include <dlrn/classify.h>
#include <dlrn/cohort.h>
#include <dlrn/combat.h>
#include <dlrn/correlation.h>
#include <dlrn/decision.h>
#include <dlrn/deep.h>
#include <dlrn/describe.h>
#include <dlrn/figures.h>
#include <dlrn/icc.h>
#include <dlrn/image.h>
#include <dlrn/json.h>
#include <dlrn/lasso.h>
#include <dlrn/learner.h>
#include <dlrn/logistic.h>
#include <dlrn/model.h>
#include <dlrn/nomogram.h>
#include <dlrn/padjust.h>
#include <dlrn/paired.h>
#include <dlrn/phantom.h>
#include <dlrn/pipeline.h>
#include <dlrn/plot.h>
#include <dlrn/predict.h>
#include <dlrn/radiomics.h>
#include <dlrn/reclassify.h>
#include <dlrn/report.h>
#include <dlrn/roc.h>
#include <dlrn/sample.h>
#include <dlrn/samplesize.h>
#include <dlrn/select.h>
#include <dlrn/special.h>
#include <dlrn/spline.h>
#include <dlrn/split.h>
#include <dlrn/study.h>
#include <dlrn/table.h>
#include <dlrn/tests.h>
#include <dlrn/triage.h>
#include <dlrn/version.h>
#include <dlrn/weights.h>

#endif
