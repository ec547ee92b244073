"""More impressions for an approved use, or a later end: what it says, who judges it, which permits it raises."""
