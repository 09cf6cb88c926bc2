//! Subscriptions, step by step.
