"""Features of a MobileNetV3-Large of the bundled one's size in PyTorch, as a peer of features_worker.ts.

Argument: contiguous or channels_last. Normalisations are folded into the convolutions, as the bundled network has them.
Weights are random: that makes no difference to the time.
"""
import json
import sys
import time

import torch
from torch import nn

FORMAT = torch.channels_last if sys.argv[1] == "channels_last" else torch.contiguous_format
SIZE = 224
BATCH = 8

# Kernel, expanded channels, output channels, stride, channels of squeeze-and-excite (0 for none), hard swish or ReLU.
BLOCKS = [
    (3, 16, 16, 1, 0, False), (3, 64, 24, 2, 0, False), (3, 72, 24, 1, 0, False),
    (5, 72, 32, 2, 24, False), (5, 96, 32, 1, 24, False), (5, 96, 32, 1, 24, False),
    (3, 192, 64, 2, 0, True), (3, 160, 64, 1, 0, True), (3, 144, 64, 1, 0, True), (3, 144, 64, 1, 0, True),
    (3, 384, 88, 1, 96, True), (3, 528, 88, 1, 136, True),
    (5, 528, 120, 2, 136, True), (5, 720, 120, 1, 184, True), (5, 720, 120, 1, 184, True),
]
TAPS = (12, 14)


class SqueezeExcite(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        s = nn.functional.relu(self.down(x.mean((2, 3), keepdim=True)), inplace=True)
        return x * nn.functional.hardsigmoid(self.up(s))


class Block(nn.Module):
    def __init__(self, before, kernel, expanded, after, stride, squeezed, swish):
        super().__init__()
        activation = nn.Hardswish if swish else nn.ReLU
        first = before == expanded
        self.expand = nn.Identity() if first else nn.Sequential(nn.Conv2d(before, expanded, 1), activation(inplace=True))
        self.rest = nn.Sequential(
            nn.Conv2d(expanded, expanded, kernel, stride, kernel // 2, groups=expanded), activation(inplace=True),
            SqueezeExcite(expanded, squeezed) if squeezed else nn.Identity(), nn.Conv2d(expanded, after, 1))
        self.shortcut = before == after and stride == 1

    def forward(self, x):
        wide = self.expand(x)
        y = self.rest(wide)
        return wide, x + y if self.shortcut else y


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.Hardswish(inplace=True))
        blocks, channels = [], 16
        for block in BLOCKS:
            blocks.append(Block(channels, *block))
            channels = block[2]
        self.blocks = nn.ModuleList(blocks)
        self.last = nn.Sequential(nn.Conv2d(channels, 480, 1), nn.Hardswish(inplace=True))

    def forward(self, x):
        x, taps = self.stem(x), []
        for i, block in enumerate(self.blocks):
            wide, x = block(x)
            if i in TAPS:
                taps.append(wide)
        taps.append(self.last(x))
        return torch.cat([nn.functional.normalize(tap.mean((2, 3))) for tap in taps], 1)


torch.manual_seed(0)
model = Features().eval().to(memory_format=FORMAT)
pixels = None


def measure(images):
    global pixels
    if pixels is None or len(pixels) != images:
        pixels = torch.randint(0, 256, (images, SIZE, SIZE, 3), dtype=torch.uint8)
    start = time.perf_counter()
    with torch.inference_mode():
        for batch in pixels.split(BATCH):
            x = batch.permute(0, 3, 1, 2).float().contiguous(memory_format=FORMAT)
            rows = model(x)
    rows.sum().item()
    return (time.perf_counter() - start) * 1e3 / images


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"ms": measure(request.get("prepare") or request["measure"]), "version": torch.__version__}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
