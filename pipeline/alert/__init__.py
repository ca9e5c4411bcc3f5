"""Who should hear of it, and in what words."""
