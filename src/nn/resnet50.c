/* SPDX-License-Identifier: Apache-2.0
 *
 * ResNet-50: He et al., CVPR 2016, table 1; names and strides as torchvision's resnet50.
 */
#include "nn/resnet50.h"

#include <stdio.h>

static void put(nn_layout *l, nn_role role, int in, int out, int stride)
{
    const int kernel = role == NN_STEM ? 7 : role == NN_SECOND ? 3 : 1;
    l->role = role;
    l->in = in;
    l->out = out;
    l->kernel = kernel;
    l->stride = stride;
    l->pad = kernel / 2;
}

static void name_in_block(nn_layout *l, int stage, int block, int number)
{
    snprintf(l->conv, sizeof l->conv, "layer%d.%d.conv%d", stage, block, number);
    snprintf(l->norm, sizeof l->norm, "layer%d.%d.bn%d", stage, block, number);
}

void nn_resnet50(nn_layout layout[NN_CONVS], int stride_in_1x1)
{
    static const int blocks[4] = {3, 4, 6, 3};
    nn_layout *l = layout;
    *l = (nn_layout){.conv = "conv1", .norm = "bn1"};
    put(l++, NN_STEM, 3, 64, 2);
    int in = 64;
    for (int stage = 1; stage <= 4; stage++) {
        const int width = 32 << stage, out = 4 * width;
        for (int block = 0; block < blocks[stage - 1]; block++) {
            const int stride = stage > 1 && block == 0 ? 2 : 1;
            name_in_block(l, stage, block, 1);
            put(l++, NN_FIRST, in, width, stride_in_1x1 ? stride : 1);
            name_in_block(l, stage, block, 2);
            put(l++, NN_SECOND, width, width, stride_in_1x1 ? 1 : stride);
            if (block == 0) {
                snprintf(l->conv, sizeof l->conv, "layer%d.0.downsample.0", stage);
                snprintf(l->norm, sizeof l->norm, "layer%d.0.downsample.1", stage);
                put(l++, NN_SHORTCUT, in, out, stride);
            }
            name_in_block(l, stage, block, 3);
            put(l++, NN_THIRD, width, out, 1);
            in = out;
        }
    }
}
