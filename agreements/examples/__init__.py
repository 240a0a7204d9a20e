"""Example plans: two plausible plans of measures in every state, labelled as examples; they contradict no fact."""

from agreements.examples.loading import load_examples, remove_examples

__all__ = ["load_examples", "remove_examples"]
