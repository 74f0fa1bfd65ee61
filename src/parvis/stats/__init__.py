"""What happened on the road: folds over the feed."""
