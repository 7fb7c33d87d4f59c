/* SPDX-License-Identifier: Apache-2.0
 *
 * model.dlrn inside: a zip of
 *   dlrn.json            what it is; settings of image, radiomics and network; clinical terms; the
 *                        nomogram; thresholds; SHA-256 of every other entry
 *   model.json           pipeline and learners of the signature's model
 *   learner/<name>       each learner's own bytes
 *   weights.safetensors  the network, where the signature uses deep features
 */
#ifndef DLRN_STUDY_BUNDLE_H
#define DLRN_STUDY_BUNDLE_H

#include "study/logit.h"

#include <dlrn/deep.h>
#include <dlrn/predict.h>

#define BUNDLE_FORMAT "dlrn-model"
enum { BUNDLE_VERSION = 1 };

struct dlrn_bundle {
    dlrn_json *about; /* dlrn.json */
    char *path;
    config_image image;
    dlrn_radiomics *radiomics; /* NULL: none */
    config_deep deep;          /* name NULL: none */
    dlrn_network *network;     /* NULL: none */
    dlrn_normalise normalise;
    dlrn_model *model; /* NULL: clinical terms only */
    size_t learner;
    size_t *source; /* 0, 1, 2, ...: the row is gathered in the pipeline's order */
    clinical_spec clinical;
    study_logit nomogram;
    size_t n_train;
};

#endif
