/* SPDX-License-Identifier: Apache-2.0
 *
 * The layout of ResNet-50: its 53 convolutions in the order in which they run.
 */
#ifndef DLRN_NN_RESNET50_H
#define DLRN_NN_RESNET50_H

enum { NN_CONVS = 53, NN_CHANNELS = 2048, NN_CLASSES = 1000 };

typedef enum nn_role {
    NN_STEM,     /* 7x7, followed by the 3x3 maximum pool */
    NN_FIRST,    /* 1x1 of a block */
    NN_SECOND,   /* 3x3 */
    NN_SHORTCUT, /* 1x1 from the block's input, without ReLU */
    NN_THIRD     /* 1x1, added to the shortcut (or to the block's input), then ReLU */
} nn_role;

typedef struct nn_layout {
    char conv[32], norm[32]; /* torchvision's names: "layer1.0.conv1", "layer1.0.bn1" */
    nn_role role;
    int in, out, kernel, stride, pad;
} nn_layout;

/* stride_in_1x1: the stride of a stage in its first 1x1 convolution, as Keras has it, not in the
 * 3x3 as torchvision has it. */
void nn_resnet50(nn_layout layout[NN_CONVS], int stride_in_1x1);

#endif
