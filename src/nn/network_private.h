/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: the same network on its plain-C twin.
 */
#ifndef DLRN_NN_NETWORK_PRIVATE_H
#define DLRN_NN_NETWORK_PRIVATE_H

#include "nn/backend.h"

#include <dlrn/deep.h>

void nn_network_use_reference(dlrn_network *net);

#endif
