"""The commands of `peea`, a module each group; `peea.cli` puts them together."""
