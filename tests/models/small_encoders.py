"""CLIP and wav2vec 2.0 with a few random numbers, written in the layout of the published folders."""

import json
from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPModel, Wav2Vec2Config, Wav2Vec2Model


def write_clip(folder: Path) -> Path:
    """A CLIP of width 24 whose words are letters."""
    letters = [chr(number) for number in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
               "pad_token": "<|endoftext|>"}  # fmt: skip
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 40, **special})
    )
    end = len(words) - 1
    size = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = {**size, "vocab_size": len(words), "max_position_embeddings": 40, "projection_dim": 24,
            "bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": end}  # fmt: skip
    picture = {**size, "image_size": 16, "patch_size": 8, "projection_dim": 24}
    torch.manual_seed(0)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=picture, projection_dim=24))
    for parameter in model.text_model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    return folder


def write_wav2vec2(folder: Path) -> Path:
    """A wav2vec 2.0 of width 16 at the usual 50 features a second."""
    torch.manual_seed(0)
    config = Wav2Vec2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24, conv_dim=(8,) * 7,
        num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2,
    )  # fmt: skip
    Wav2Vec2Model(config).save_pretrained(folder)
    return folder
