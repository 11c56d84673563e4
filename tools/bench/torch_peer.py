"""PyTorch as a peer: lines of JSON, as in process_peer.ts. Argument: contiguous or channels_last."""
import json
import sys
import time

import torch
from torch import nn

FORMAT = torch.channels_last if sys.argv[1] == "channels_last" else torch.contiguous_format


class Residual(nn.Module):
    def __init__(self, main, skip):
        super().__init__()
        self.main, self.skip = main, skip

    def forward(self, x):
        return self.main(x) + self.skip(x)


def stack(layers, channels):
    made = []
    for layer in layers:
        kind = layer["type"]
        if kind in ("conv", "depthwise"):
            kernel, deep = layer["kernel"], kind == "depthwise"
            out = channels if deep else layer["filters"]
            made.append(nn.Conv2d(channels, out, kernel, layer.get("stride", 1), 0 if layer.get("valid") else kernel // 2,
                                  bias=layer.get("bias", False), groups=channels if deep else 1))
            if layer.get("relu"):
                made.append(nn.ReLU())
            channels = out
        elif kind == "dense":
            made.append(nn.LazyLinear(layer["units"]))
        elif kind == "residual":
            main, out = stack(layer["layers"], channels)
            skip = nn.Conv2d(channels, out, 1, layer["stride"], bias=False) if "filters" in layer else nn.Identity()
            made.append(Residual(main, skip))
            channels = out
        else:
            made += {"norm": lambda: [nn.BatchNorm2d(channels)], "relu": lambda: [nn.ReLU()],
                     "pool": lambda: [nn.MaxPool2d(2)], "flatten": lambda: [nn.Flatten()],
                     "average": lambda: [nn.AdaptiveAvgPool2d(1), nn.Flatten()]}[kind]()
    return nn.Sequential(*made), channels


def prepare(case):
    torch.manual_seed(0)
    shape = case["input"]
    image = len(shape) == 3
    model = stack(case["layers"], shape[-1])[0]
    x = torch.rand(case["batch"], *([shape[2], shape[0], shape[1]] if image else shape))
    y = torch.randint(0, 16, (case["batch"],))
    model(x)
    if image:
        model, x = model.to(memory_format=FORMAT), x.to(memory_format=FORMAT)
    if case["mode"] == "infer":
        model.eval()

        def step():
            with torch.inference_mode():
                return model(x)
    else:
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)

        def step():
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss
    for _ in range(2):
        step()
    return step


step = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if "prepare" in request:
            step = prepare(request["prepare"])
            answer = {"version": torch.__version__}
        else:
            step()
            start = time.perf_counter()
            for _ in range(request["measure"]):
                last = step()
            last.sum().item()
            answer = {"ms": (time.perf_counter() - start) * 1e3 / request["measure"]}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
