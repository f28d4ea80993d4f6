"""What members get for their points: redemptions and the codes of rewards: bodies."""
