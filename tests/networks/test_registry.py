"""Every registered network: shapes, ranges, and where its first weights come from."""

import pytest
import torch

from peea.networks import ARCHITECTURES, UnknownArchitectureError, architecture
from peea.networks.b4s import InceptionBlock
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


def test_a_network_may_end_in_the_six_levels():
    with torch.inference_mode():
        logits, _ = architecture("efficientnet_lite0").build(classes=6).eval()(torch.randn(2, 3, 64, 64))
    assert logits.shape == (2, 6)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UnknownArchitectureError, match="resnet50"):
        architecture("resnet51")


def test_b4s_halves_the_picture_five_times_and_has_the_stages_of_b4():
    network = architecture("efficientnet_b4s").build().eval()
    blocks = [module for module in network.features.layers if isinstance(module, InceptionBlock)]
    assert len(blocks) == 2 + 4 + 4 + 6 + 6 + 8 + 2
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        picture = network.features.layers(picture)
    assert picture.shape == (1, 1792, 2, 2)
    assert not any(isinstance(module, torch.nn.SiLU) for module in network.modules())
