"""What a period brought: chosen, ordered, rendered."""
