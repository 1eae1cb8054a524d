"""Renders synthetic patients: a person, an expression, a view and a lighting give a picture and its landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import moderngl
import numpy as np

from peea.synthetic import accessories, hair
from peea.synthetic.clothing import gown_mesh, gown_shape
from peea.synthetic.expression import Expression
from peea.synthetic.face_model import FaceModel
from peea.synthetic.graphics import SAMPLES, create_context, program, set_uniform
from peea.synthetic.head_mesh import head_mesh
from peea.synthetic.person import Person
from peea.synthetic.posing import Pose, light_directions, light_matrix, pose_of
from peea.synthetic.skin import skin_texture
from peea.synthetic.texture_space import HEIGHT, WIDTH
from peea.synthetic.view import Lighting, Rendering, View
from peea.synthetic.wrinkles import layer_weights, wrinkle_layers

SHADOW_SIZE: Final = 1024
VISIBILITY_SIZE: Final = 256
"""Sides, in texels, of a shadow map and of the depth picture that tells which landmarks are hidden."""

VISIBILITY_TOLERANCE: Final = 0.10
"""A landmark counts as hidden when the head lies at least this far, in dm, in front of it."""

WORN_NEARER: Final = 0.10
"""Tubes and frames win the depth test against skin up to this far, in dm, in front: a smile lifts cheeks to them."""

FOLD_DEPTH: Final = 0.017
"""Depth, in dm, of a height map's unit."""

TEETH_RGB: Final = {"full": (0.50, 0.45, 0.35), "worn": (0.36, 0.29, 0.17), "none": (0.30, 0.10, 0.09)}
TONGUE_RGB: Final = (0.28, 0.085, 0.08)
LASH_RGB: Final = (0.02, 0.016, 0.013)
LASH_OPACITY: Final = {"female": 0.95, "male": 0.7}
ARCUS_FROM_YEARS, ARCUS_FULL_YEARS = 60.0, 90.0
MELANIN_FREE_LIGHTNESS: Final = 0.42
"""Mean reflectance of skin that has no melanin to speak of."""

STATIC_FORMAT: Final = "2f 4f 3f 1f"
STATIC_NAMES: Final = ("coordinate", "mask", "template_position", "head_share")


class NoPersonError(RuntimeError):
    """`render` was called before `load`."""


@dataclass(eq=False)
class _Loaded:
    """What one person put on the graphics side."""

    model: FaceModel
    strands: moderngl.VertexArray
    strand_shadow: moderngl.VertexArray
    gown: moderngl.VertexArray
    gown_shadow: moderngl.VertexArray
    accessories: list[tuple[accessories.Accessory, moderngl.VertexArray, moderngl.VertexArray]]
    owned: list[Any]


class FaceRenderer:
    """Renders one size of picture; holds an OpenGL context, so keep one and reuse it.

    Args:
        width, height: of the picture in pixels.
        supersampling: renders this many times larger and averages; the edges are multisampled anyway.

    Raises:
        GraphicsUnavailableError: EGL is missing. AnatomyDataMissingError: the head mesh is missing.
    """

    def __init__(self, width: int, height: int, supersampling: int = 1) -> None:
        if width < 16 or height < 16 or supersampling < 1:
            raise ValueError(f"a picture of {width}x{height} with supersampling {supersampling} cannot be rendered")
        self.width, self.height, self.supersampling = width, height, supersampling
        self.mesh = head_mesh()
        self.context = create_context()
        size = (width * supersampling, height * supersampling)
        context = self.context
        self._multisampled = context.framebuffer(
            [context.renderbuffer(size, 4, samples=SAMPLES, dtype="f2")],
            context.depth_renderbuffer(size, samples=SAMPLES),
        )
        self._resolved = context.framebuffer([context.texture(size, 4, dtype="f2")])
        shrink = min(1.0, VISIBILITY_SIZE / max(width, height))
        self._visibility_size = (max(16, round(width * shrink)), max(16, round(height * shrink)))
        self._visibility = context.framebuffer(depth_attachment=context.depth_texture(self._visibility_size))
        self._shadow_textures = [context.depth_texture((SHADOW_SIZE, SHADOW_SIZE)) for _ in range(2)]
        for shadow_texture in self._shadow_textures:
            shadow_texture.compare_func = "<="
            shadow_texture.repeat_x = shadow_texture.repeat_y = False
        self._shadows = [context.framebuffer(depth_attachment=texture) for texture in self._shadow_textures]
        self._programs = {
            "skin": program(context, "head.vert", "lighting.glsl", "skin.frag"),
            "eye": program(context, "head.vert", "lighting.glsl", "eye.frag"),
            "plain": program(context, "head.vert", "lighting.glsl", "plain.frag"),
            "hair": program(context, "ribbon.vert", "lighting.glsl", "hair.frag"),
            "depth": program(context, "depth.vert", "depth.frag"),
            "strand_depth": program(context, "ribbon.vert", "depth.frag"),
        }
        self._tone = context.texture((WIDTH, HEIGHT), 4)
        self._folds = context.texture_array((WIDTH, HEIGHT, 3), 4, dtype="f2")
        skin_textures: tuple[moderngl.Texture | moderngl.TextureArray, ...] = (self._tone, self._folds)
        for sampled in skin_textures:
            sampled.repeat_y = False
            sampled.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        self._dynamic = context.buffer(reserve=len(self.mesh.template) * 24)
        self._static = context.buffer(reserve=len(self.mesh.template) * 40)
        self._parts = {name: self._part_arrays(name) for name in self.mesh.parts}
        self._loaded: _Loaded | None = None

    def _part_arrays(self, name: str) -> tuple[moderngl.VertexArray, moderngl.VertexArray]:
        kind = {"skin": "skin", "eye_left": "eye", "eye_right": "eye"}.get(name, "plain")
        index = self.context.buffer(self.mesh.triangles[self.mesh.parts[name].triangles].astype("i4").tobytes())
        return self._arrays(kind, self._dynamic, self._static, index)

    def _arrays(
        self, kind: str, dynamic: moderngl.Buffer, static: moderngl.Buffer, index: moderngl.Buffer
    ) -> tuple[moderngl.VertexArray, moderngl.VertexArray]:
        target = self._programs[kind]
        used = [name if name in target else None for name in STATIC_NAMES]
        layout = " ".join(
            form if name else f"{4 * int(form[0])}x" for form, name in zip(STATIC_FORMAT.split(), used, strict=True)
        )
        color = self.context.vertex_array(
            target,
            [(dynamic, "3f 3f", "position", "normal"), (static, layout, *(name for name in used if name))],
            index,
        )
        depth = self.context.vertex_array(
            self._programs["depth"], [(dynamic, "3f 12x", "position"), (static, "36x 1f", "head_share")], index
        )
        return color, depth

    def load(self, person: Person) -> None:
        """Make a person the one that `render` shows."""
        if self._loaded is not None:
            for thing in self._loaded.owned:
                thing.release()
            self._loaded = None
        model = FaceModel.of(person)
        mesh = self.mesh
        self._tone.write(np.ascontiguousarray(skin_texture(person)[::-1]).tobytes())
        self._tone.build_mipmaps()
        self._folds.write(np.ascontiguousarray(wrinkle_layers(person)[:, ::-1]).tobytes())
        self._folds.build_mipmaps()
        skin = mesh.parts["skin"].vertices
        scalp = np.zeros(len(mesh.template))
        style = hair.STYLES[person.hair_style]
        scalp[skin] = hair.scalp_cover(mesh.template[skin], style) * style.cover
        mask = np.stack([np.maximum(mesh.lips, mesh.lash_tip), mesh.mouth, mesh.lids, scalp], 1)
        self._static.write(_static_bytes(mesh.coordinates, mask, mesh.template, model.head_share))
        owned: list[Any] = []
        strands, strand_shadow = self._strand_arrays(model, owned)
        positions, normals = gown_shape(model.body)
        gown = gown_mesh()
        printed = np.zeros((len(positions), 4))
        printed[:, 1] = float(person.seed % 3 == 0)
        gown_arrays = self._mesh_arrays(positions, normals, gown.triangles, gown.template, printed, 0.0, owned)
        worn = []
        for accessory in accessories.worn_by(person, model):
            arrays = self._mesh_arrays(
                accessory.positions, accessory.normals, accessory.triangles, accessory.positions, None, 1.0, owned
            )
            worn.append((accessory, *arrays))
        self._loaded = _Loaded(model, strands, strand_shadow, *gown_arrays, worn, owned)

    def _mesh_arrays(
        self,
        positions: np.ndarray,
        normals: np.ndarray,
        triangles: np.ndarray,
        template: np.ndarray,
        mask: np.ndarray | None,
        share: float,
        owned: list[Any],
    ) -> tuple[moderngl.VertexArray, moderngl.VertexArray]:
        count = len(positions)
        mask = np.zeros((count, 4)) if mask is None else mask
        dynamic = self.context.buffer(np.concatenate([positions, normals], 1).astype("f4").tobytes())
        static = self.context.buffer(_static_bytes(np.zeros((count, 2)), mask, template, np.full(count, share)))
        index = self.context.buffer(triangles.astype("i4").tobytes())
        arrays = self._arrays("plain", dynamic, static, index)
        owned += [*arrays, dynamic, static, index]
        return arrays

    def _strand_arrays(self, model: FaceModel, owned: list[Any]) -> tuple[moderngl.VertexArray, moderngl.VertexArray]:
        part = self.mesh.parts["skin"]
        quads = self.mesh.quads[part.triangles.start // 2 : part.triangles.stop // 2]
        strands = hair.grow(model.person, model.rest.astype(float), self.mesh.template, quads)
        count, points = strands.widths.shape
        along = np.broadcast_to(np.linspace(0, 1, points), (count, points))
        bright = np.broadcast_to(strands.brightness[:, None], (count, points))
        sides = [
            np.concatenate(
                [
                    strands.points,
                    strands.tangents,
                    np.stack([sign * strands.widths, bright, along, np.full_like(along, sign)], 2),
                ],
                2,
            )
            for sign in (-1, 1)
        ]
        vertices = np.stack(sides, 2).reshape(-1, 10).astype("f4")
        segment = np.arange(points - 1) * 2
        pattern = np.stack([segment, segment + 1, segment + 2, segment + 1, segment + 3, segment + 2], 1).reshape(-1)
        index = (np.arange(count)[:, None] * (2 * points) + pattern[None]).astype("i4")
        buffer = self.context.buffer(vertices.tobytes())
        all_strands = self.context.buffer(index.tobytes())
        layout = [(buffer, "3f 3f 4f", "position", "tangent", "strand")]
        color = self.context.vertex_array(self._programs["hair"], layout, all_strands)
        shadow = self.context.vertex_array(self._programs["strand_depth"], layout, all_strands)
        owned += [color, shadow, buffer, all_strands]
        return color, shadow

    def render(self, expression: Expression, view: View, lighting: Lighting) -> Rendering:
        """Render the loaded person.

        Raises:
            NoPersonError: `load` was not called before.
        """
        if self._loaded is None:
            raise NoPersonError("load a person before rendering")
        loaded, model = self._loaded, self._loaded.model
        positions = model.positions(expression)
        normals = self.mesh.normals(positions)
        self._dynamic.write(np.concatenate([positions, normals], 1).astype("f4").tobytes())
        pose = pose_of(view, model.face_center, model.face_height, model.neck_offset, self.width, self.height)
        directions, colors = light_directions(lighting)
        center = (pose.head @ np.append(model.face_center, 1))[:3] - (0, 0.7, 0.6)
        light_matrices = np.stack([light_matrix(direction, center) for direction in directions[:2]])
        self.context.enable_only(moderngl.DEPTH_TEST)
        self._cast_shadows(loaded, pose, light_matrices, colors)
        self._multisampled.use()
        self._multisampled.clear(0.0, 0.0, 0.0, 0.0)
        common = {
            "projection": pose.projection,
            "head": pose.head,
            "trunk": pose.trunk,
            "light_direction": directions,
            "light_color": colors,
            "ambient": np.array(lighting.ambient),
            "light_matrix": light_matrices,
            "shadow0": 0,
            "shadow1": 1,
            "tone": 2,
            "folds": 3,
        }
        for name in ("skin", "eye", "plain", "hair"):
            for uniform, value in common.items():
                set_uniform(self._programs[name], uniform, value)
        for unit, shadow_texture in enumerate(self._shadow_textures):
            shadow_texture.use(unit)
        self._tone.use(2)
        self._folds.use(3)
        self._draw(loaded, expression, pose, positions)
        self.context.copy_framebuffer(self._resolved, self._multisampled)
        landmarks, visible, extra = self._landmarks(loaded, pose, positions)
        color, alpha = self._read()
        return Rendering(color, alpha, landmarks, visible, extra)

    def _cast_shadows(self, loaded: _Loaded, pose: Pose, light_matrices: np.ndarray, colors: np.ndarray) -> None:
        depth, strand_depth = self._programs["depth"], self._programs["strand_depth"]
        for target, matrix, power in zip(self._shadows, light_matrices, colors[:2], strict=True):
            target.use()
            target.clear(depth=1.0)
            if not power.any():
                continue
            for used in (depth, strand_depth):
                set_uniform(used, "projection", matrix)
                set_uniform(used, "head", pose.head)
                set_uniform(used, "trunk", pose.trunk)
            for name in ("skin", "eye_left", "eye_right"):
                self._parts[name][1].render()
            loaded.strand_shadow.render()
            for accessory, _, shadow in loaded.accessories:
                if accessory.casts_shadow:
                    shadow.render()

    def _draw(self, loaded: _Loaded, expression: Expression, pose: Pose, positions: np.ndarray) -> None:
        person, model = loaded.model.person, loaded.model
        skin, eye, plain, strand = (self._programs[name] for name in ("skin", "eye", "plain", "hair"))
        melanin = float(np.clip(1 - np.mean(person.skin_rgb) / MELANIN_FREE_LIGHTNESS, 0, 1))
        weights = {side: layer_weights(expression, person, side).reshape(3, 4) for side in ("left", "right")}
        for side, values in weights.items():
            set_uniform(skin, f"folds_{side}", values)
        used = 1 + int(np.flatnonzero(np.any([values.any(1) for values in weights.values()], axis=0)).max())
        set_uniform(skin, "used_folds", used)
        for name, value in (
            ("fold_depth", FOLD_DEPTH),
            ("lip_tint", np.array(person.lip_rgb)),
            ("hair_color", np.array(person.hair_rgb)),
            ("oil", 1.0),
            ("melanin", melanin),
        ):
            set_uniform(skin, name, value)
        self.context.enable(moderngl.CULL_FACE)
        self._parts["skin"][0].render()
        self.context.disable(moderngl.CULL_FACE)
        arcus = np.clip((person.age_years - ARCUS_FROM_YEARS) / (ARCUS_FULL_YEARS - ARCUS_FROM_YEARS), 0, 1)
        set_uniform(eye, "iris", np.array(person.iris_rgb))
        set_uniform(eye, "arcus", float(arcus))
        turn = pose.head[:3, :3]
        across, up = expression.gaze
        axis = turn @ np.array((np.sin(across) * np.cos(up), np.sin(up), np.cos(across) * np.cos(up)))
        for side, center in model.eye_centers(positions).items():
            set_uniform(eye, "eye_center", (pose.head @ np.append(center, 1))[:3])
            set_uniform(eye, "eye_axis", axis)
            self._parts[f"eye_{side}"][0].render()
        teeth = TEETH_RGB[person.teeth]
        for part, kind, base in (
            ("upper_teeth", 0 if person.teeth != "none" else 1, teeth),
            ("lower_teeth", 0 if person.teeth != "none" else 1, teeth),
            ("tongue", 1, TONGUE_RGB),
        ):
            set_uniform(plain, "kind", kind)
            set_uniform(plain, "base", np.array(base))
            self._parts[part][0].render()
        set_uniform(plain, "kind", 3)
        set_uniform(plain, "base", np.array(person.gown_rgb))
        loaded.gown.render()
        set_uniform(strand, "hair_color", np.array(person.hair_rgb))
        set_uniform(strand, "hair_shine", 0.10)
        loaded.strands.render()
        self.context.enable(moderngl.BLEND)
        self.context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        set_uniform(plain, "kind", 2)
        set_uniform(plain, "base", np.array(LASH_RGB))
        set_uniform(plain, "opacity", LASH_OPACITY[person.sex])
        for side in ("left", "right"):
            self._parts[f"lashes_{side}"][0].render()
        set_uniform(plain, "kind", 4)
        set_uniform(plain, "projection", pose.projection_nearer(WORN_NEARER))
        for accessory, array, _ in loaded.accessories:
            set_uniform(plain, "base", np.array(accessory.rgb))
            set_uniform(plain, "shine", accessory.shine)
            set_uniform(plain, "opacity", accessory.opacity)
            array.render()
        self.context.disable(moderngl.BLEND)

    def _read(self) -> tuple[np.ndarray, np.ndarray]:
        width, height, factor = self.width, self.height, self.supersampling
        raw = np.frombuffer(self._resolved.read(components=4, dtype="f2"), np.float16)
        picture = raw.reshape(height * factor, width * factor, 4)[::-1].astype(np.float32)
        if factor > 1:
            picture = picture.reshape(height, factor, width, factor, 4).mean((1, 3))
        return np.ascontiguousarray(picture[..., :3]), np.clip(picture[..., 3], 0, 1)

    def _landmarks(
        self, loaded: _Loaded, pose: Pose, positions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, dict[str, tuple[float, float]]]:
        model = loaded.model
        landmarks, extra = model.marked_points(positions)
        everything = np.concatenate([landmarks, np.stack(list(extra.values()))])
        placed = pose.place(everything, np.ones(len(everything)))
        clip = pose.clip(placed)
        pixels = (clip[:, :2] * (0.5, -0.5) + 0.5) * (self.width, self.height)
        self._visibility.use()
        self._visibility.clear(depth=1.0)
        depth_program = self._programs["depth"]
        set_uniform(depth_program, "projection", pose.projection)
        set_uniform(depth_program, "head", pose.head)
        set_uniform(depth_program, "trunk", pose.trunk)
        self._parts["skin"][1].render()
        width, height = self._visibility_size
        depth = np.frombuffer(self._visibility.read(components=1, attachment=-1, dtype="f4"), np.float32)
        depth = depth.reshape(height, width)[::-1].astype(float)
        a, b = pose.projection[2, 2], pose.projection[2, 3]
        distance = b / (2 * depth - 1 + a)
        columns = np.floor(pixels[:68, 0] * width / self.width).astype(int)
        rows = np.floor(pixels[:68, 1] * height / self.height).astype(int)
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        farthest = np.full(68, -np.inf)
        for down in (-1, 0, 1):
            for across in (-1, 0, 1):
                seen = distance[np.clip(rows + down, 0, height - 1), np.clip(columns + across, 0, width - 1)]
                farthest = np.maximum(farthest, seen)
        visible = inside & (-placed[:68, 2] <= farthest + VISIBILITY_TOLERANCE)
        points = {name: (float(x), float(y)) for name, (x, y) in zip(extra, pixels[68:], strict=True)}
        return pixels[:68].astype(np.float32), visible, points


def _static_bytes(coordinates: np.ndarray, mask: np.ndarray, template: np.ndarray, share: np.ndarray) -> bytes:
    return np.concatenate([coordinates, mask, template, share[:, None]], 1).astype("f4").tobytes()
