#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small PyTorch files for the reader's tests: python3 tools/golden/torch_files.py tests/data/torch"""
import sys

import torch

state = {
    "module.layer1.0.conv1.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3).t(),
    "module.half": torch.nn.Parameter(torch.tensor([0.5, -2], dtype=torch.float16)),
    "module.tail": torch.arange(8, dtype=torch.float64)[5:],
    "module.bn1.num_batches_tracked": torch.tensor(7),
}
torch.save({"epoch": 3, "state_dict": state}, sys.argv[1] + "/zip.pth")
torch.save(state, sys.argv[1] + "/legacy.pth", _use_new_zipfile_serialization=False)
torch.save([1, 2], sys.argv[1] + "/n_list.pth")
