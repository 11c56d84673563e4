"""What `deno task tensorflow` has Python do: asking pip, and taking files out of wheels. Answers are lines of JSON."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile


def say(**fields):
    print(json.dumps(fields), flush=True)


def find():
    """The folder of an installed TensorFlow's libraries, or null."""
    spec = importlib.util.find_spec("tensorflow")
    places = list(spec.submodule_search_locations) if spec and spec.submodule_search_locations else []
    say(folder=places[0] if places else None, python=sys.version.split()[0])


def size(package):
    """What pip would fetch for a package without what that depends on: file name, bytes."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet",
               "--only-binary=:all:", "--report", "-", package]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR") or "No module named pip" in line]
        say(error=lines[-1] if lines else done.stderr.strip()[-300:])
        return
    url = json.loads(done.stdout)["install"][0]["download_info"]["url"]
    bytes_ = None
    try:
        request = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(request, timeout=20) as answer:
            bytes_ = int(answer.headers.get("Content-Length") or 0) or None
    except Exception:  # the size is only to be told
        pass
    say(file=url.split("/")[-1].split("#")[0], bytes=bytes_)


def download(folder, *packages):
    """Has pip fetch packages into a folder; nothing is installed."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", folder, *packages]
    done = subprocess.run(command, stdout=sys.stderr)
    say(done=done.returncode == 0)


def needs(wheel):
    """The GPU libraries that a TensorFlow wheel depends on."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()
    found = re.findall(r"^Requires-Dist: (nvidia-[\w-]+)\s*\(?([^;)]*)", text, re.M)
    say(packages=[name + version.strip().replace(" ", "") for name, version in found])


def unpack(target, *wheels):
    """Takes the libraries out of wheels, with progress; a file is there whole or not at all."""
    wanted = re.compile(r"(^tensorflow/libtensorflow_(cc|framework)\.|^nvidia/[^/]+/lib/lib[^/]*\.so)")
    members = []
    for wheel in wheels:
        archive = zipfile.ZipFile(wheel)
        members += [(archive, info) for info in archive.infolist() if wanted.search(info.filename)]
    total = sum(info.file_size for _, info in members)
    done = 0
    for archive, info in members:
        path = os.path.join(target, os.path.basename(info.filename))
        with archive.open(info) as source, open(path + ".part", "wb") as out:
            while chunk := source.read(1 << 22):
                out.write(chunk)
                done += len(chunk)
                say(done=done, total=total)
        os.replace(path + ".part", path)
    say(files=[os.path.basename(info.filename) for _, info in members])


if __name__ == "__main__":
    try:
        {"find": find, "size": size, "download": download, "needs": needs, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])
    except OSError as error:
        say(error=f"{error.strerror}: {error.filename}" if error.filename else str(error))
        sys.exit(1)
