"""Catmull-Clark subdivision of a quad mesh as a linear operator, so that shape targets subdivide with it.

Source: Catmull & Clark, Computer-Aided Design 10(6):350-355 (1978), with the usual boundary rule.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse


def subdivide(quads: np.ndarray, vertex_count: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return the operator that takes (vertex_count, k) old vertex values to new ones, and the new (4n, 4) quads."""
    quad_count = len(quads)
    ends = np.sort(np.stack([quads, np.roll(quads, -1, 1)], 2).reshape(-1, 2), 1)
    edges, edge_of_side = np.unique(ends, axis=0, return_inverse=True)
    edge_of_side = edge_of_side.reshape(-1)
    edge_count = len(edges)
    side_of_quad = np.repeat(np.arange(quad_count), 4)
    quad_points = sparse.csr_matrix(
        (np.full(4 * quad_count, 0.25), (side_of_quad, quads.reshape(-1))), (quad_count, vertex_count)
    )
    on_boundary = np.bincount(edge_of_side, minlength=edge_count) != 2
    quads_at_edge = sparse.csr_matrix((np.ones(4 * quad_count), (edge_of_side, side_of_quad)), (edge_count, quad_count))
    middles = sparse.csr_matrix(
        (np.full(2 * edge_count, 0.5), (np.repeat(np.arange(edge_count), 2), edges.reshape(-1))),
        (edge_count, vertex_count),
    )
    edge_points = sparse.diags(np.where(on_boundary, 1.0, 0.5)) @ middles + sparse.diags(
        np.where(on_boundary, 0.0, 0.25)
    ) @ (quads_at_edge @ quad_points)
    valence = np.maximum(np.bincount(edges.reshape(-1), minlength=vertex_count).astype(float), 1)
    edges_at_vertex = sparse.csr_matrix(
        (np.ones(2 * edge_count), (edges.reshape(-1), np.repeat(np.arange(edge_count), 2))), (vertex_count, edge_count)
    )
    quads_at_vertex = sparse.csr_matrix(
        (np.ones(4 * quad_count), (quads.reshape(-1), side_of_quad)), (vertex_count, quad_count)
    )
    quad_valence = np.maximum(np.bincount(quads.reshape(-1), minlength=vertex_count), 1)
    inner = (
        sparse.diags(1 / valence) @ (sparse.diags(1.0 / quad_valence) @ quads_at_vertex @ quad_points)
        + sparse.diags(2.0 / valence) @ (sparse.diags(1 / valence) @ edges_at_vertex @ middles)
        + sparse.diags((valence - 3) / valence)
    )
    boundary_vertex = np.zeros(vertex_count, bool)
    boundary_vertex[edges[on_boundary].reshape(-1)] = True
    boundary_edges = edges_at_vertex @ sparse.diags(on_boundary * 1.0)
    boundary_valence = np.maximum(np.asarray(boundary_edges.sum(1)).ravel(), 1)
    outer = 0.5 * sparse.eye(vertex_count) + 0.5 * sparse.diags(1 / boundary_valence) @ boundary_edges @ middles
    vertex_points = sparse.diags((~boundary_vertex) * 1.0) @ inner + sparse.diags(boundary_vertex * 1.0) @ outer
    operator = sparse.vstack([vertex_points, edge_points, quad_points]).tocsr()
    edge_index = vertex_count + edge_of_side.reshape(quad_count, 4)
    quad_index = vertex_count + edge_count + np.arange(quad_count)
    new_quads = np.concatenate(
        [np.stack([quads[:, k], edge_index[:, k], quad_index, edge_index[:, k - 1]], 1) for k in range(4)]
    )
    return operator, new_quads


def triangles(quads: np.ndarray) -> np.ndarray:
    """Return the (2n, 3) int32 triangles of (n, 4) quads."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype("i4")
