"""`python -m peea` is the command `peea`."""

from peea.cli import main

if __name__ == "__main__":
    main()
