"""What a report says of a span of time: all of it recounted from rows, none decided anew."""
