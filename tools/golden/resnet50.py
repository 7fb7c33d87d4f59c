#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goldens of the network: ResNet-50 in PyTorch, written here after He et al. 2016 with torchvision's
names, on the weights of `dlrn weights init --seed 1`.

    build/dlrn weights init w.safetensors --seed 1
    python3 tools/golden/resnet50.py w.safetensors tests/golden/pytorch_resnet50

Needs torch and safetensors. Crops are a formula with exact values, see crop().
"""
import hashlib
import sys

import torch
from safetensors.torch import load_file
from torch import nn


class Block(nn.Module):
    def __init__(self, inside, width, stride):
        super().__init__()
        out = 4 * width
        self.conv1 = nn.Conv2d(inside, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample = None
        if stride != 1 or inside != out:
            self.downsample = nn.Sequential(nn.Conv2d(inside, out, 1, stride, bias=False),
                                            nn.BatchNorm2d(out))

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        y = self.bn3(self.conv3(y))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inside = 64
        for k, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
            stage = []
            for b in range(blocks):
                stage.append(Block(inside, width, 2 if k and not b else 1))
                inside = 4 * width
            setattr(self, "layer%d" % (k + 1), nn.Sequential(*stage))
        self.fc = nn.Linear(2048, 1000)

    def map(self, x):
        x = self.maxpool(self.bn1(self.conv1(x)).relu())
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


def crop(size):
    """Smooth blobs and a fine texture; multiples of 1/1024, exact in any float."""
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    v = (x * x // 8 + y * y // 16 + x * y // 32) % 512 + (7 * x + 13 * y) % 64 * 8
    return v.float() / 1024


def normalise(x, how):
    three = torch.stack([x, x, x])
    if how == "imagenet":
        mean, sd = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
        return (three - mean[:, None, None]) / sd[:, None, None]
    if how == "minus1_1":
        return three * 2 - 1
    if how == "caffe":
        return three * 255 - torch.tensor([103.939, 116.779, 123.68])[:, None, None]
    return three


def main():
    weights, folder = sys.argv[1:]
    net = ResNet50().eval()
    net.load_state_dict(load_file(weights), strict=True)
    with open(folder + "/features.csv", "w") as f:
        f.write("normalise,size,index,value\n")
        for how, size, step in [("imagenet", 224, 1), ("minus1_1", 224, 8), ("caffe", 224, 8),
                                ("none", 224, 8), ("imagenet", 97, 8), ("minus1_1", 32, 8)]:
            with torch.no_grad():
                v = net.map(normalise(crop(size), how)[None]).mean((2, 3))[0]
            for i in [k for k in range(2048) if k % step == 0 or v[k] == v.max()]:
                f.write("%s,%d,%d,%.9g\n" % (how, size, i, v[i]))
    # Grad-CAM by autograd: alpha_k is the mean gradient, w_k / area; the area is taken out again
    weight = torch.tensor([((k * 37) % 101 - 50) / 64 for k in range(2048)])
    a = net.map(normalise(crop(224), "imagenet")[None]).detach().requires_grad_()
    (weight * a.mean((2, 3))[0]).sum().backward()
    alpha = a.grad.mean((2, 3), keepdim=True) * a.shape[2] * a.shape[3]
    cam = (alpha * a).sum(1, keepdim=True).relu().detach()
    cam = nn.functional.interpolate(cam, size=(224, 224), mode="bilinear", align_corners=False)[0, 0]
    with open(folder + "/gradcam.csv", "w") as f:
        f.write("y,x,value\n")
        for y in range(0, 224, 9):
            for x in range(0, 224, 9):
                f.write("%d,%d,%.9g\n" % (y, x, cam[y, x]))
    with open(weights, "rb") as f:
        print("weights", hashlib.sha256(f.read()).hexdigest(), "torch", torch.__version__)


main()
