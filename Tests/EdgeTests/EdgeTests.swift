import Testing

/// Those that run a whole edge each, one after the other: side by side they would only take each other's time.
@Suite(.serialized) enum EdgeTests {}
