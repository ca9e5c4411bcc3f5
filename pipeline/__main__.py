"""`python -m pipeline` is `claimwatch`."""

from pipeline.cli.main import main

if __name__ == "__main__":
    main()
